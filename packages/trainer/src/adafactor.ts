import type { TensorTree } from "@t5ts/tensor-core";
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

export type AdafactorOptions = ParameterRules & {
  /**
   * `t5x` factors the two largest axes of a parameter where both have `minDimSizeToFactor`, and decays as
   * (1 - weightDecay) p. `transformers` factors the last two axes of every parameter that has two, and decays as
   * p - weightDecay · rate · p. On a 3×4 matrix they are 0.07 apart after 5 steps. Default `t5x`.
   */
  dialect?: "t5x" | "transformers";
  /** Only for `t5x`. Default 128. */
  minDimSizeToFactor?: number;
  /** The squares' running mean forgets as 1 - step^-decayRate. Default 0.8. */
  decayRate?: number;
  /** Steps of an earlier run that its state doesn't count. Default 0. */
  stepOffset?: number;
  /** Added to the squared gradient. Default 1e-30. */
  epsilon1?: number;
  /** The least root mean square that a parameter is taken to have. Default 1e-3. */
  epsilon2?: number;
  /** The greatest. Default none. */
  maxParameterScale?: number;
  /** The root mean square that an update has at most before the learning rate; `null` for no bound. Default 1. */
  clippingThreshold?: number | null;
  /** Momentum, which costs memory of the parameters' size. Default none. */
  beta1?: number;
  /** Default 0. */
  weightDecay?: number;
  /** Only for `t5x`: weightDecay, or 1 if there's none, is multiplied by rate^`weightDecayRateExponent`. */
  weightDecayRateExponent?: number;
  /** Multiply the learning rate by the root mean square of the parameter. Default true. */
  hasParameterScale?: boolean;
};

/**
 * Running means of the squared gradient: of each parameter either `full`, or its means over the last and over the first
 * of two axes, `row` and `column`. `mean` is the momentum, if there is one.
 */
export type AdafactorState = { row: TensorTree; column: TensorTree; full: TensorTree; mean: TensorTree };

const PARTS = ["row", "column", "full", "mean"] as const;

/**
 * Adam with a memory of rows and columns instead of matrices, and steps in proportion to the parameters: what T5 was
 * trained with (Shazeer and Stern 2018).
 *
 * Without a learning rate of one's own, as the paper has it: `relativeStepSchedule`.
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer<TensorTree, AdafactorState> {
  const { decayRate = 0.8, stepOffset = 0, decays = isDecayed, learningRateScale = () => 1 } = options;
  return {
    init: (params) => initEach(PARTS, params, (param) => initLeaf(param, options)),
    update: (grads, state, params, { step, learningRate, gradScale = 1 }) => {
      const decay = 1 - (step - stepOffset + 1) ** -decayRate;
      return updateEach(PARTS, { grads, state, params }, (path, { param, grad, state }) => {
        const { direction, state: next } = precondition(scaled(grad, gradScale), state, decay, options);
        const rate = learningRate * learningRateScale(path);
        const scale = parameterScale(param, options);
        return applyDirection(
          { param, direction, mean: state.mean, next },
          { rate, scale, decays: decays(path, param.shape) },
          options,
        );
      });
    },
  };
}

type Part = (typeof PARTS)[number];

/** The two axes to factor: means over `column` make `row`, and the other way round. */
type FactoredAxes = { row: number; column: number };

function factoredAxes(
  shape: readonly number[],
  { dialect, minDimSizeToFactor = 128 }: AdafactorOptions,
): FactoredAxes | undefined {
  if (shape.length < 2) return undefined;
  if (dialect === "transformers") return { row: shape.length - 2, column: shape.length - 1 };
  const bySize = shape.map((_, axis) => axis).sort((a, b) => shape[a]! - shape[b]! || a - b);
  const [row, column] = bySize.slice(-2) as [number, number];
  return shape[row]! < minDimSizeToFactor ? undefined : { row, column };
}

function initLeaf(param: tf.Tensor, options: AdafactorOptions): LeafState<Part> {
  const axes = factoredAxes(param.shape, options);
  const without = (axis: number): tf.Tensor => tf.zeros(param.shape.filter((_, i) => i !== axis));
  return {
    ...(axes ? { row: without(axes.column), column: without(axes.row) } : { full: tf.zerosLike(param) }),
    ...(options.beta1 === undefined ? {} : { mean: tf.zerosLike(param) }),
  };
}

/** Divides the gradient by the root of the running mean of its square. */
function precondition(
  grad: tf.Tensor,
  state: LeafState<Part>,
  decay: number,
  { epsilon1 = 1e-30, ...options }: AdafactorOptions,
): { direction: tf.Tensor; state: LeafState<Part> } {
  const square = tf.add(tf.square(grad), epsilon1);
  const blend = (old: tf.Tensor, now: tf.Tensor): tf.Tensor => tf.add(tf.mul(old, decay), tf.mul(now, 1 - decay));
  const axes = factoredAxes(grad.shape, options);
  if (axes === undefined) {
    const full = blend(state.full!, square);
    return { direction: tf.mul(grad, tf.rsqrt(full)), state: { full } };
  }
  const row = blend(state.row!, tf.mean(square, axes.column));
  const column = blend(state.column!, tf.mean(square, axes.row));
  // In `row` the axes after the one that was averaged away have moved up.
  const rowAxis = axes.row > axes.column ? axes.row - 1 : axes.row;
  const rowFactor = tf.rsqrt(tf.div(row, tf.mean(row, rowAxis, true)));
  const direction = tf.mul(
    tf.mul(grad, tf.expandDims(rowFactor, axes.column)),
    tf.expandDims(tf.rsqrt(column), axes.row),
  );
  return { direction, state: { row, column } };
}

function parameterScale(
  param: tf.Tensor,
  { hasParameterScale = true, epsilon2 = 1e-3, maxParameterScale }: AdafactorOptions,
): tf.Tensor {
  if (!hasParameterScale) return tf.scalar(1);
  const scale = tf.maximum(rootMeanSquare(param), epsilon2);
  return maxParameterScale === undefined ? scale : tf.minimum(scale, maxParameterScale);
}

function applyDirection(
  leaf: { param: tf.Tensor; direction: tf.Tensor; mean: tf.Tensor | undefined; next: LeafState<Part> },
  { rate, scale, decays }: { rate: number; scale: tf.Tensor; decays: boolean },
  { clippingThreshold = 1, beta1, dialect, weightDecay = 0, weightDecayRateExponent }: AdafactorOptions,
): { param: tf.Tensor; state: LeafState<Part> } {
  const { param, direction, mean, next } = leaf;
  const scaledRate = tf.mul(scale, rate);
  const bound = clippingThreshold === null ? 1 : tf.maximum(tf.div(rootMeanSquare(direction), clippingThreshold), 1);
  let change = tf.mul(direction, tf.div(scaledRate, bound));
  if (beta1 !== undefined) change = tf.add(tf.mul(mean!, beta1), tf.mul(change, 1 - beta1));
  const state = beta1 === undefined ? next : { ...next, mean: change };
  const lost = decays ? decayedPart() : 0;
  return { param: tf.sub(lost === 0 ? param : tf.mul(param, tf.sub(1, lost)), change), state };

  function decayedPart(): tf.Tensor | number {
    if (dialect === "transformers") return weightDecay === 0 ? 0 : tf.mul(scaledRate, weightDecay);
    return weightDecayRateExponent ? (weightDecay || 1) * rate ** weightDecayRateExponent : weightDecay;
  }
}

function rootMeanSquare(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.mean(tf.square(x)));
}
