import type { KeyValue } from "@t5ts/layers";
import { hasFusedKernel, isRecordingGradients, runFusedKernel } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type DecoderState, outputWeight, placeTokens } from "./decoder.js";
import type { DecoderBlockParams, T5Model } from "./params.js";

/** Beyond so many rows, products are worth packing, which the kernel doesn't. */
const MOST_ROWS = 8;

/**
 * `decode` of one position as a single kernel, for a published T5 that generates: the same values.
 *
 * @param ids [batch, 1]
 * @returns Undefined where the backend has no such kernel, or the case isn't the kernel's.
 */
export function decoderStep(
  model: T5Model,
  ids: tf.Tensor2D,
  state: DecoderState,
): { logits: tf.Tensor2D; state: DecoderState } | undefined {
  const { config, params } = model;
  const { headMerge, feedForwardProj, decoderAttention, layerNormEpsilon, dModel, numHeads } = config;
  const isPlain = headMerge === "concat" && (feedForwardProj === "relu" || feedForwardProj === "gated-gelu");
  const head = outputWeight(model);
  const [rows, length] = ids.shape;
  if (length !== 1 || rows > MOST_ROWS || !isPlain || decoderAttention === "merged" || head.shape[1] !== dModel) return;
  if (isRecordingGradients() || !hasFusedKernel("DecoderStep")) return;
  const { x, selfBias } = placeTokens(model, ids, state);
  const norm = params.decoder.finalNorm.weight;
  const inputs: Record<string, tf.Tensor> = {
    x,
    crossBias: state.crossBias,
    finalNorm: config.scaleDecoderOutputs ? tf.mul(norm, dModel ** -0.5) : norm,
    head,
  };
  for (const [layer, block] of params.decoder.blocks.entries()) {
    const context = { past: state.self[layer], cross: state.cross[layer] as KeyValue, selfBias: selfBias(layer) };
    for (const [name, tensor] of Object.entries(blockInputs(block, context))) {
      if (tensor !== undefined) inputs[`${layer}.${name}`] = tensor;
    }
  }
  const attributes = { numLayers: params.decoder.blocks.length, numHeads, epsilon: layerNormEpsilon };
  const [logits, ...keyValues] = runFusedKernel("DecoderStep", inputs, attributes) as tf.Tensor4D[];
  const self = params.decoder.blocks.map((_, layer) => ({
    key: keyValues[2 * layer] as tf.Tensor4D,
    value: keyValues[2 * layer + 1] as tf.Tensor4D,
  }));
  return { logits: logits as tf.Tensor as tf.Tensor2D, state: { ...state, self } };
}

/** A block's part of the kernel's inputs, by its names for them. */
function blockInputs(
  {
    selfAttentionNorm,
    selfAttention,
    crossAttentionNorm,
    crossAttention,
    feedForwardNorm,
    feedForward,
  }: DecoderBlockParams,
  { past, cross, selfBias }: { past: KeyValue | undefined; cross: KeyValue; selfBias: tf.Tensor },
): Record<string, tf.Tensor | undefined> {
  return {
    selfAttentionNorm: selfAttentionNorm.weight,
    query: selfAttention.query.weight,
    key: selfAttention.key.weight,
    value: selfAttention.value.weight,
    output: selfAttention.output.weight,
    pastKey: past?.key,
    pastValue: past?.value,
    selfBias,
    crossAttentionNorm: crossAttentionNorm?.weight,
    crossQuery: crossAttention?.query.weight,
    crossOutput: crossAttention?.output.weight,
    crossKey: cross.key,
    crossValue: cross.value,
    feedForwardNorm: feedForwardNorm.weight,
    gate: feedForward.gate?.weight,
    up: feedForward.up.weight,
    down: feedForward.down.weight,
  };
}
