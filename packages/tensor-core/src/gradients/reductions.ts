import * as tf from "@tensorflow/tfjs-core";
import type { GradientTable } from "./gradient-table.js";

/** The shape of the reduced `x` with its reduced axes kept at 1. */
function keptShape(shape: number[], axis: number | number[] | undefined): number[] {
  const axes = tf.util.parseAxisParam((axis ?? shape.map((_, i) => i)) as number | number[], shape);
  return shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

type ReductionAttrs = { axis: number | number[]; dim: number };

export const reductionGradients: GradientTable = {
  Sum: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => ({
      x: () =>
        tf.broadcastTo(
          tf.reshape(dy as tf.Tensor, keptShape(x!.shape, (attrs as unknown as ReductionAttrs).axis)),
          x!.shape,
        ),
    }),
  },
  Mean: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const shape = keptShape(x!.shape, (attrs as unknown as ReductionAttrs).axis);
      const count = x!.size / shape.reduce((product, size) => product * size, 1);
      return { x: () => tf.broadcastTo(tf.div(tf.reshape(dy as tf.Tensor, shape), count), x!.shape) };
    },
  },
  Max: {
    inputsToSave: ["x"],
    outputsToSave: [true],
    // As tfjs, the gradient goes whole to each of several equal maxima.
    gradFunc: (dy, [x, y], attrs) => {
      const axis = (attrs as unknown as { reductionIndices: number | number[] }).reductionIndices;
      const shape = keptShape(x!.shape, axis);
      const isMax = tf.cast(tf.equal(x!, tf.reshape(y!, shape)), "float32");
      return { x: () => tf.mul(tf.reshape(dy as tf.Tensor, shape), isMax) };
    },
  },
  Softmax: {
    outputsToSave: [true],
    gradFunc: (dy, [y]) => {
      const weighted = tf.mul(dy as tf.Tensor, y!);
      return { logits: () => tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y!)) };
    },
  },
  LogSoftmax: {
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      logits: () => tf.sub(dy as tf.Tensor, tf.mul(tf.sum(dy as tf.Tensor, -1, true), tf.exp(y!))),
    }),
  },
  Cumsum: {
    inputsToSave: ["x"],
    gradFunc: (dy, _saved, attrs) => {
      const { axis, exclusive, reverse } = attrs as unknown as { axis: number; exclusive: boolean; reverse: boolean };
      return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
    },
  },
};
