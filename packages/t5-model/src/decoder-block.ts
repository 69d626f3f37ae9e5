import {
  appendKeyValue,
  attend,
  type BlockOptions,
  feedForward,
  type KeyValue,
  projectKeyValue,
  rmsNorm,
} from "@t5ts/layers";
import { addDropout } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { DecoderBlockParams } from "./params.js";

/** What a decoder block sees beside its own input. */
export type DecoderBlockContext = {
  /** The decoder's earlier positions. */
  past?: KeyValue;
  /** The encoder's output. */
  cross: KeyValue;
  /** Broadcast to [batch, heads, queryLength, keyLength] and [batch, heads, queryLength, inputLength]. */
  selfBias: tf.Tensor;
  crossBias: tf.Tensor;
  /** How the cross-attention is watched, where there is one. */
  watchCross?: BlockOptions["watch"];
};

/** Returns `self`, the keys and values of `past` and `x`, for the next step to attend to. */
export function decoderBlock(
  params: DecoderBlockParams,
  x: tf.Tensor,
  context: DecoderBlockContext,
  options: BlockOptions,
): { x: tf.Tensor; self: KeyValue } {
  const { past, cross, selfBias, crossBias, watchCross } = context;
  const { numHeads, layerNormEpsilon, dropoutRate, rng } = options;

  let h = rmsNorm(params.selfAttentionNorm, x, layerNormEpsilon);
  const self = appendKeyValue(past, projectKeyValue(params.selfAttention, h, numHeads));
  const isMerged = params.crossAttention === undefined;
  const keyValue = isMerged ? appendKeyValue(cross, self) : self;
  const bias = isMerged ? joinBiases(crossBias, selfBias, { cross, self }, x) : selfBias;
  x = addDropout(x, attend(params.selfAttention, h, keyValue, bias, options), dropoutRate, rng);

  if (params.crossAttention !== undefined && params.crossAttentionNorm !== undefined) {
    h = rmsNorm(params.crossAttentionNorm, x, layerNormEpsilon);
    const crossOptions = { ...options, watch: watchCross };
    x = addDropout(x, attend(params.crossAttention, h, cross, crossBias, crossOptions), dropoutRate, rng);
  }

  h = rmsNorm(params.feedForwardNorm, x, layerNormEpsilon);
  x = addDropout(x, feedForward(params.feedForward, h, options), dropoutRate, rng);
  return { x, self };
}

/** The bias of keys that are the input's followed by the decoder's own: [batch, heads, queryLength, both]. */
function joinBiases(
  crossBias: tf.Tensor,
  selfBias: tf.Tensor,
  { cross, self }: { cross: KeyValue; self: KeyValue },
  x: tf.Tensor,
): tf.Tensor {
  const [batch, numHeads] = self.key.shape;
  const queryLength = x.shape[1] as number;
  const whole = (bias: tf.Tensor, keyLength: number): tf.Tensor =>
    tf.broadcastTo(bias, [batch, numHeads, queryLength, keyLength]);
  return tf.concat([whole(crossBias, cross.key.shape[2]), whole(selfBias, self.key.shape[2])], 3);
}
