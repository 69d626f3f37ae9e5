import type { Rng } from "@t5ts/random";
import { addDropout } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import { type AttentionParams, type AttentionSize, attend, initAttention, projectKeyValue } from "./attention.js";
import { type Activation, type FeedForwardParams, feedForward, initFeedForward } from "./feed-forward.js";
import type { HeadMerge } from "./heads.js";
import { initRmsNorm, type RmsNormParams, rmsNorm } from "./rms-norm.js";

export type EncoderBlockParams = {
  selfAttentionNorm: RmsNormParams;
  selfAttention: AttentionParams;
  feedForwardNorm: RmsNormParams;
  feedForward: FeedForwardParams;
};

export type BlockSize = AttentionSize & { dFf: number; activation: Activation };

/** What a block needs to know beside its parameters; dropout happens where there's an `rng`. */
export type BlockOptions = {
  numHeads: number;
  headMerge: HeadMerge;
  activation: Activation;
  dropoutRate: number;
  layerNormEpsilon: number;
  rng?: Rng;
  watch?: (weights: tf.Tensor4D) => void;
};

export function initEncoderBlock(rng: Rng, size: BlockSize): EncoderBlockParams {
  return {
    selfAttentionNorm: initRmsNorm(size.dModel),
    selfAttention: initAttention(rng, size),
    feedForwardNorm: initRmsNorm(size.dModel),
    feedForward: initFeedForward(rng, size),
  };
}

/**
 * Self-attention and a feed-forward network, each around a residual stream and normed before:
 * [batch, length, dModel] → the same.
 *
 * @param bias Broadcasts to [batch, heads, length, length].
 */
export function encoderBlock(
  params: EncoderBlockParams,
  x: tf.Tensor,
  bias: tf.Tensor,
  options: BlockOptions,
): tf.Tensor {
  const { numHeads, layerNormEpsilon, dropoutRate, rng } = options;
  let h = rmsNorm(params.selfAttentionNorm, x, layerNormEpsilon);
  const self = projectKeyValue(params.selfAttention, h, numHeads);
  x = addDropout(x, attend(params.selfAttention, h, self, bias, options), dropoutRate, rng);

  h = rmsNorm(params.feedForwardNorm, x, layerNormEpsilon);
  return addDropout(x, feedForward(params.feedForward, h, options), dropoutRate, rng);
}
