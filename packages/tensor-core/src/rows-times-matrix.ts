import * as tf from "@tensorflow/tfjs-core";
import { hasFusedKernel, runFusedKernel } from "./fused-kernels.js";

/** `matMulRows` for the gradients that are written with it: theirs are registered by then. */
export function rowsTimesMatrix(x: tf.Tensor, weight: tf.Tensor2D, isTransposed: boolean): tf.Tensor {
  if (x.rank === 2) return tf.matMul(x as tf.Tensor2D, weight, false, isTransposed);
  const dIn = x.shape.at(-1) as number;
  const [expected, dOut] = isTransposed ? [weight.shape[1], weight.shape[0]] : weight.shape;
  if (dIn === expected && hasFusedKernel("Linear")) {
    return runFusedKernel("Linear", { x, weight }, { isTransposed })[0] as tf.Tensor;
  }
  return tf.reshape(tf.matMul(asRows(x), weight, false, isTransposed), [...x.shape.slice(0, -1), dOut]);
}

/** Lays the leading axes out as one: [..., d] → [n, d]. */
export function asRows(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [tf.util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1) as number]);
}
