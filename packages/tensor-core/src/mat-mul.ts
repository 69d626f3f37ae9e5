import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients/register.js";
import { rowsTimesMatrix } from "./rows-times-matrix.js";

export type MatMulOptions = { transposeA?: boolean; transposeB?: boolean };

/**
 * Products of matrices over any leading batch axes, which broadcast: [..., m, k] × [..., k, n] → [..., m, n].
 *
 * @throws Error if the inner sizes or the batches don't fit.
 */
export function matMul(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA = false, transposeB = false }: MatMulOptions = {},
): tf.Tensor {
  const inner = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcastShapes(batchA, batchB);
  if (inner[0] !== inner[1] || a.rank < 2 || b.rank < 2 || batch === undefined) {
    const [t, u] = [transposeA ? "ᵀ" : "", transposeB ? "ᵀ" : ""];
    throw new Error(`matMul: [${a.shape.join(", ")}]${t} and [${b.shape.join(", ")}]${u} don't fit`);
  }
  if (b.rank === 2 && a.rank > 2 && !transposeA) return matMulRows(a, b as tf.Tensor2D, transposeB);
  // tfjs computes wrong values when both operands broadcast (a batch of [2, 1] with one of [1, 3]), so neither does.
  const whole = (x: tf.Tensor): tf.Tensor => {
    const shape = [...batch, ...x.shape.slice(-2)];
    return x.shape.length === shape.length && x.shape.every((size, i) => size === shape[i])
      ? x
      : tf.broadcastTo(x, shape);
  };
  return tf.matMul(whole(a), whole(b), transposeA, transposeB);
}

/**
 * A map of the last axis: [..., dIn] × [dIn, dOut] → [..., dOut], or with a `weight` [dOut, dIn] if it is transposed.
 *
 * One product of all rows, where tfjs would see a batch: its wasm kernel for those is 20 times slower, and its gradient
 * doesn't sum over the batch (tfjs#8721).
 */
export function matMulRows(x: tf.Tensor, weight: tf.Tensor2D, isTransposed = false): tf.Tensor {
  registerGradients();
  return rowsTimesMatrix(x, weight, isTransposed);
}

function broadcastShapes(a: number[], b: number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 1; i <= rank; i++) {
    const [sizeA, sizeB] = [a.at(-i) ?? 1, b.at(-i) ?? 1];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return undefined;
    shape.unshift(sizeA === 1 ? sizeB : sizeA);
  }
  return shape;
}
