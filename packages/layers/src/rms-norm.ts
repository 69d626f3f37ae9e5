import * as core from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

/** `weight` is [dModel]. */
export type RmsNormParams = { weight: tf.Tensor1D };

export function initRmsNorm(dModel: number): RmsNormParams {
  return { weight: tf.ones([dModel]) as tf.Tensor1D };
}

/** Scales each vector to a root mean square of 1, without centring it: [..., dModel] → [..., dModel]. */
export function rmsNorm(params: RmsNormParams, x: tf.Tensor, epsilon: number): tf.Tensor {
  return core.rmsNorm(x, params.weight, epsilon);
}
