import type { BlockOptions, KeyValue } from "@t5ts/layers";
import { hasFusedKernel, isRecordingGradients, runFusedKernel } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { DecoderBlockContext } from "./decoder-block.js";
import type { DecoderBlockParams } from "./params.js";

/** Beyond so many rows, products are worth packing, which the kernel doesn't. */
const MOST_ROWS = 8;

/**
 * `decoderBlock` of one position as a single kernel, for a published T5 that generates: the same values.
 *
 * Undefined where the backend has no such kernel, or the case isn't the kernel's.
 */
export function decoderBlockStep(
  params: DecoderBlockParams,
  x: tf.Tensor,
  { past, cross, selfBias, crossBias, watchCross }: DecoderBlockContext,
  { numHeads, headMerge, activation, dropoutRate, layerNormEpsilon, rng, watch }: BlockOptions,
): { x: tf.Tensor; self: KeyValue } | undefined {
  const { selfAttention, crossAttention, crossAttentionNorm, feedForward } = params;
  const [rows, length] = x.shape as [number, number];
  const isPlain = headMerge === "concat" && (activation === "relu" || activation === "gated-gelu");
  const isWatched = watch !== undefined || watchCross !== undefined;
  const drops = rng !== undefined && dropoutRate > 0;
  if (length !== 1 || rows > MOST_ROWS || !isPlain || isWatched || drops || isRecordingGradients()) return undefined;
  if (crossAttention === undefined || crossAttentionNorm === undefined) return undefined;
  if (!hasFusedKernel("DecoderBlockStep")) return undefined;
  const inputs = {
    x,
    selfAttentionNorm: params.selfAttentionNorm.weight,
    query: selfAttention.query.weight,
    key: selfAttention.key.weight,
    value: selfAttention.value.weight,
    output: selfAttention.output.weight,
    ...(past === undefined ? {} : { pastKey: past.key, pastValue: past.value }),
    selfBias,
    crossAttentionNorm: crossAttentionNorm.weight,
    crossQuery: crossAttention.query.weight,
    crossOutput: crossAttention.output.weight,
    crossKey: cross.key,
    crossValue: cross.value,
    crossBias,
    feedForwardNorm: params.feedForwardNorm.weight,
    ...(feedForward.gate === undefined ? {} : { gate: feedForward.gate.weight }),
    up: feedForward.up.weight,
    down: feedForward.down.weight,
  };
  const [y, key, value] = runFusedKernel("DecoderBlockStep", inputs, { numHeads, epsilon: layerNormEpsilon });
  return { x: y as tf.Tensor, self: { key: key as tf.Tensor4D, value: value as tf.Tensor4D } };
}
