import type { Rng } from "@t5ts/random";
import { matMulRows, randomNormal } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";

/**
 * A linear map without bias. `weight` is [dOut, dIn], as in PyTorch and in published files: each output is the inner
 * product with one row, which is how a single position, as in decoding, reads it fastest.
 */
export type LinearParams = { weight: tf.Tensor2D };

/** @param standardDeviation Of the initial weights. */
export function initLinear(rng: Rng, dIn: number, dOut: number, standardDeviation: number): LinearParams {
  return { weight: randomNormal(rng, [dOut, dIn], standardDeviation) as tf.Tensor2D };
}

/** [..., dIn] → [..., dOut] */
export function linear(params: LinearParams, x: tf.Tensor): tf.Tensor {
  return matMulRows(x, params.weight, true);
}
