import type { TensorTree } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { initEach, isDecayed, type Optimizer, type ParameterRules, scaled, updateEach } from "./optimizer.js";

export type SgdOptions = ParameterRules & {
  /** The part of the last change that is made again. Default none. */
  momentum?: number;
  /** The part of a parameter that goes at each step, times the learning rate. Default 0. */
  weightDecay?: number;
};

/** `velocity`: the sum of the past gradients, each `momentum` times as much for every step that it's old. */
export type SgdState = { velocity: TensorTree };

/** Stochastic gradient descent: p - rate · gradient. The plainest of all, to compare with. */
export function sgd(options: SgdOptions = {}): Optimizer<TensorTree, SgdState> {
  const { momentum, weightDecay = 0, decays = isDecayed, learningRateScale = () => 1 } = options;
  const parts = ["velocity"] as const;
  return {
    init: (params) =>
      initEach(parts, params, (param) => (momentum === undefined ? {} : { velocity: tf.zerosLike(param) })),
    update: (grads, state, params, { learningRate, gradScale = 1 }) =>
      updateEach(parts, { grads, state, params }, (path, { param, grad, state }) => {
        const rate = learningRate * learningRateScale(path);
        const g = scaled(grad, gradScale);
        const velocity = momentum === undefined ? undefined : tf.add(tf.mul(state.velocity!, momentum), g);
        const kept = tf.mul(param, decays(path, param.shape) ? 1 - rate * weightDecay : 1);
        return {
          param: tf.sub(kept, tf.mul(velocity ?? g, rate)),
          state: velocity === undefined ? {} : { velocity },
        };
      }),
  };
}
