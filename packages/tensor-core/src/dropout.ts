import { type Rng, type RngKeys, randomUint32 } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { hasFusedKernel, runFusedKernel } from "./fused-kernels.js";

/**
 * Sets elements to 0 with probability `rate` and scales the others by 1 / (1 - rate). Without `rng`, the identity.
 *
 * Element i is decided by number i of a stream split off `rng`, so the mask is computed again for the gradient and
 * never stored, and it's the same on every backend.
 */
export function dropout(x: tf.Tensor, rate: number, rng?: Rng): tf.Tensor {
  if (rng === undefined || rate === 0) return x;
  checkRate(rate);
  const { keys } = rng.split();
  const drop = (tensor: tf.Tensor): tf.Tensor =>
    hasFusedKernel("Dropout")
      ? (runFusedKernel("Dropout", { x: tensor }, { rate, keys })[0] as tf.Tensor)
      : tf.mul(tensor, dropoutMask(tensor.shape, rate, keys));
  // Linear in x: the gradient is the same function of dy.
  return tf.customGrad((x) => ({ value: drop(x as tf.Tensor), gradFunc: (dy) => [drop(dy as tf.Tensor)] }))(x);
}

/** x + dropout(y): a residual sum, as one operation where the backend has it. */
export function addDropout(x: tf.Tensor, y: tf.Tensor, rate: number, rng?: Rng): tf.Tensor {
  if (rng === undefined || rate === 0 || !hasFusedKernel("DropoutAdd") || !hasFusedKernel("Dropout")) {
    return tf.add(x, dropout(y, rate, rng));
  }
  checkRate(rate);
  const { keys } = rng.split();
  const operation = tf.customGrad((x, y) => ({
    value: runFusedKernel("DropoutAdd", { x: x as tf.Tensor, y: y as tf.Tensor }, { rate, keys })[0] as tf.Tensor,
    gradFunc: (dy) => [tf.clone(dy), runFusedKernel("Dropout", { x: dy }, { rate, keys })[0] as tf.Tensor],
  }));
  return operation(x, y);
}

/** 0 where an element is dropped, 1 / (1 - rate) elsewhere. */
export function dropoutMask(shape: number[], rate: number, keys: RngKeys): tf.Tensor {
  const threshold = Math.round(rate * 2 ** 32);
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < mask.length; i++) mask[i] = randomUint32(keys, i) >= threshold ? kept : 0;
  return tf.tensor(mask, shape);
}

function checkRate(rate: number): void {
  if (!(rate > 0 && rate < 1)) throw new RangeError(`dropout: rate: expected a number in [0, 1), got ${rate}`);
}
