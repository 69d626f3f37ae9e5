import { hasFusedKernel, runFusedKernel, type TensorTree } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import {
  initEach,
  isDecayed,
  type LeafState,
  type Optimizer,
  type ParameterRules,
  scaled,
  updateEach,
} from "./optimizer.js";

export type AdamWOptions = ParameterRules & {
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Default 1e-8. */
  epsilon?: number;
  /** The part of a parameter that goes at each step, times the learning rate. Default 0.01. */
  weightDecay?: number;
  /** Divide by how much of the moments isn't still their initial 0. Default true. */
  hasBiasCorrection?: boolean;
  /**
   * Multiply the step by the root mean square of the parameter, at least 1e-3, as Adafactor does. It, and not the
   * factoring, is what lets Adafactor train T5 where AdamW doesn't (nanoT5's AdamWScale). A scalar has no spread that
   * its size could tell of: it isn't scaled, so that one that starts at 0, such as a learned weight of a loss, moves.
   * Default false.
   */
  isRmsScaled?: boolean;
  /**
   * In `pytorch` and Optax, ε is added to the corrected root, and decay takes from the parameter as it was. In
   * `transformers` (before 5) and nanoT5, ε is added before the correction, and decay comes after the step.
   * Default `pytorch`.
   */
  dialect?: "pytorch" | "transformers";
};

/** `mean` and `variance`: running means of the gradient and of its square, shaped as the parameters. */
export type AdamWState = { mean: TensorTree; variance: TensorTree };

const PARTS = ["mean", "variance"] as const;

/** Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019). */
export function adamW(options: AdamWOptions = {}): Optimizer<TensorTree, AdamWState> {
  const { weightDecay = 0.01, decays = isDecayed, learningRateScale = () => 1 } = options;
  return {
    init: (params) =>
      initEach(PARTS, params, (param) => ({ mean: tf.zerosLike(param), variance: tf.zerosLike(param) })),
    update: (grads, state, params, { step, learningRate, gradScale = 1 }) =>
      updateEach(PARTS, { grads, state, params }, (path, leaf) => {
        const rate = learningRate * learningRateScale(path);
        const decay = decays(path, leaf.param.shape) ? weightDecay : 0;
        const isRmsScaled = options.isRmsScaled === true && leaf.param.rank > 0;
        return updateLeaf(leaf, attributesOf({ ...options, isRmsScaled }, { step, rate, decay, gradScale }));
      }),
  };
}

/** What the kernel `AdamWUpdate` is told. */
type Attributes = {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  meanCorrection: number;
  varianceCorrection: number;
  gradScale: number;
  isRmsScaled: boolean;
};

function attributesOf(
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, hasBiasCorrection = true, isRmsScaled = false, dialect }: AdamWOptions,
  { step, rate, decay, gradScale }: { step: number; rate: number; decay: number; gradScale: number },
): Attributes {
  const meanCorrection = hasBiasCorrection ? 1 - beta1 ** (step + 1) : 1;
  const varianceCorrection = hasBiasCorrection ? 1 - beta2 ** (step + 1) : 1;
  const shared = { beta1, beta2, meanCorrection, varianceCorrection, gradScale, isRmsScaled };
  if (dialect !== "transformers") return { ...shared, learningRate: rate, epsilon, weightDecay: decay };
  // Said in PyTorch's terms: √v + ε is to be √(v / correction) + ε / √correction, and what decays after the step
  // takes its part of the step as well.
  const kept = 1 - rate * decay;
  return {
    ...shared,
    learningRate: rate * kept,
    epsilon: epsilon / Math.sqrt(varianceCorrection),
    weightDecay: decay / kept,
  };
}

type Leaf = { param: tf.Tensor; grad: tf.Tensor; state: LeafState<"mean" | "variance"> };

function updateLeaf({ param, grad, state }: Leaf, attributes: Attributes): Omit<Leaf, "grad"> {
  const inputs = { param, grad, mean: state.mean!, variance: state.variance! };
  if (hasFusedKernel("AdamWUpdate")) {
    const [param, mean, variance] = runFusedKernel("AdamWUpdate", inputs, attributes) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return { param, state: { mean, variance } };
  }
  return composedUpdate(inputs, attributes);
}

/** The kernel in plain operations. */
function composedUpdate(
  { param, grad, mean: oldMean, variance: oldVariance }: Record<"param" | "grad" | "mean" | "variance", tf.Tensor>,
  a: Attributes,
): Omit<Leaf, "grad"> {
  const g = scaled(grad, a.gradScale);
  const mean = tf.add(tf.mul(oldMean, a.beta1), tf.mul(g, 1 - a.beta1));
  const variance = tf.add(tf.mul(oldVariance, a.beta2), tf.mul(tf.square(g), 1 - a.beta2));
  const root = tf.add(tf.sqrt(tf.div(variance, a.varianceCorrection)), a.epsilon);
  const direction = tf.div(mean, root);
  const rate = a.learningRate / a.meanCorrection;
  const change = tf.mul(direction, a.isRmsScaled ? tf.mul(rmsScale(param), rate) : rate);
  const decayed = a.weightDecay === 0 ? param : tf.mul(param, 1 - a.learningRate * a.weightDecay);
  return { param: tf.sub(decayed, change), state: { mean, variance } };
}

function rmsScale(param: tf.Tensor): tf.Tensor {
  return tf.maximum(tf.sqrt(tf.mean(tf.square(param))), 1e-3);
}
