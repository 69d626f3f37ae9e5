import type { Rng } from "@t5ts/random";
import { relu } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { initLinear, type LinearParams, linear } from "./linear.js";
import { initRmsNorm, type RmsNormParams, rmsNorm } from "./rms-norm.js";

/** A bottleneck: `down` is [dBottleneck, dModel], `up` [dModel, dBottleneck]. */
export type AdapterParams = { norm: RmsNormParams; down: LinearParams; up: LinearParams };

/** Starts as the identity, since `up` starts at 0: added to a trained model, it changes nothing until it is trained. */
export function initAdapter(rng: Rng, { dModel, dBottleneck }: { dModel: number; dBottleneck: number }): AdapterParams {
  return {
    norm: initRmsNorm(dModel),
    down: initLinear(rng, dModel, dBottleneck, dModel ** -0.5),
    up: { weight: tf.zeros([dModel, dBottleneck]) as tf.Tensor2D },
  };
}

/** x + relu(norm(x) · down) · up: [..., dModel] → [..., dModel]. Houlsby et al. 2019. */
export function adapter(params: AdapterParams, x: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.add(x, linear(params.up, relu(linear(params.down, rmsNorm(params.norm, x, epsilon)))));
}
