import * as tf from "@tensorflow/tfjs-core";
import { asRows, rowsTimesMatrix } from "../rows-times-matrix.js";
import { sumToShape } from "./arithmetic.js";
import type { GradientTable } from "./gradient-table.js";

export const indexingGradients: GradientTable = {
  Select: {
    inputsToSave: ["condition"],
    gradFunc: (dy, [condition]) => {
      const mask = tf.cast(condition!, "float32");
      return {
        condition: () => tf.zerosLike(mask),
        t: () => tf.mul(dy as tf.Tensor, mask),
        e: () => tf.mul(dy as tf.Tensor, tf.sub(1, mask)),
      };
    },
  },
  GatherV2: {
    inputsToSave: ["x", "indices"],
    gradFunc: (dy, [x, indices], attrs) => {
      const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      if (batchDims > 0) throw new Error("gather: no gradient with batchDims; gather from a reshaped tensor instead");
      const at = tf.util.parseAxisParam(axis, x!.shape)[0] as number;
      const count = indices!.size;
      const outer = x!.shape.slice(0, at);
      const inner = x!.shape.slice(at + 1);
      return {
        x: () => {
          // [outer, indices, inner] → [indices, outer · inner], summed by index, and back.
          const flat = tf.reshape(dy as tf.Tensor, [product(outer), count, product(inner)]);
          const rows = tf.reshape(tf.transpose(flat, [1, 0, 2]), [count, product(outer) * product(inner)]);
          const sums = tf.unsortedSegmentSum(
            rows,
            tf.reshape(indices!, [count]) as tf.Tensor1D,
            x!.shape[at] as number,
          );
          const split = tf.reshape(sums, [x!.shape[at] as number, product(outer), product(inner)]);
          return tf.reshape(tf.transpose(split, [1, 0, 2]), x!.shape);
        },
        indices: () => tf.zerosLike(indices!),
      };
    },
  },
  UnsortedSegmentSum: {
    inputsToSave: ["segmentIds"],
    gradFunc: (dy, [segmentIds]) => ({ x: () => tf.gather(dy as tf.Tensor, segmentIds as tf.Tensor1D) }),
  },
  Linear: {
    inputsToSave: ["x", "weight"],
    gradFunc: (dy, [x, weight], attrs) => {
      const { isTransposed } = attrs as unknown as { isTransposed: boolean };
      const d = dy as tf.Tensor;
      return {
        x: () => rowsTimesMatrix(d, weight as tf.Tensor2D, !isTransposed),
        weight: () => tf.matMul(asRows(isTransposed ? d : x!), asRows(isTransposed ? x! : d), true, false),
      };
    },
  },
  BatchMatMul: {
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b], attrs) => {
      const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const d = dy as tf.Tensor;
      // With a' and b' as multiplied, da' = d b'ᵀ and db' = a'ᵀ d, transposed back where they came transposed.
      return {
        a: () =>
          sumToShape(transposeA ? tf.matMul(b!, d, transposeB, true) : tf.matMul(d, b!, false, !transposeB), a!.shape),
        b: () =>
          sumToShape(transposeB ? tf.matMul(d, a!, true, transposeA) : tf.matMul(a!, d, !transposeA, false), b!.shape),
      };
    },
  },
};

function product(shape: number[]): number {
  return shape.reduce((result, size) => result * size, 1);
}
