import type { AttentionParams, KeyValue, RmsNormParams } from "@t5ts/layers";
import { runFusedKernel } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type DecoderState, outputWeight, placeTokens } from "./decoder.js";
import { runsAsOneKernel } from "./one-kernel.js";
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
  const { feedForwardProj, decoderAttention, layerNormEpsilon, dModel, numHeads } = config;
  const { blocks } = params.decoder;
  const head = outputWeight(model);
  const [rows, length] = ids.shape;
  if (length !== 1 || rows > MOST_ROWS || decoderAttention === "merged" || head.shape[1] !== dModel) return;
  if (!runsAsOneKernel("DecoderStep", config, blocks)) return;
  const { x, selfBias } = placeTokens(model, ids, state);
  const norm = params.decoder.finalNorm.weight;
  const layers = blocks.map((block, layer) => layerInputs(block, state, selfBias(layer), layer));
  const inputs = [
    x,
    state.crossBias,
    config.scaleDecoderOutputs ? tf.mul(norm, dModel ** -0.5) : norm,
    head,
    ...layers.flat(),
  ];
  const [logits, ...keyValues] = runFusedKernel("DecoderStep", inputs, {
    numLayers: blocks.length,
    numHeads,
    epsilon: layerNormEpsilon,
    isGated: feedForwardProj === "gated-gelu",
    hasPast: state.self.length > 0,
  }) as tf.Tensor4D[];
  const self = blocks.map((_, layer) => ({
    key: keyValues[2 * layer] as tf.Tensor4D,
    value: keyValues[2 * layer + 1] as tf.Tensor4D,
  }));
  return { logits: logits as tf.Tensor as tf.Tensor2D, state: { ...state, self } };
}

/** A block's part of the kernel's inputs, in its order. */
function layerInputs(
  { selfAttentionNorm, selfAttention, feedForwardNorm, feedForward, ...block }: DecoderBlockParams,
  state: DecoderState,
  selfBias: tf.Tensor,
  layer: number,
): tf.Tensor[] {
  const crossAttention = block.crossAttention as AttentionParams;
  const cross = state.cross[layer] as KeyValue;
  const past = state.self[layer];
  return [
    selfAttentionNorm.weight,
    selfAttention.query.weight,
    selfAttention.key.weight,
    selfAttention.value.weight,
    selfAttention.output.weight,
    selfBias,
    (block.crossAttentionNorm as RmsNormParams).weight,
    crossAttention.query.weight,
    crossAttention.output.weight,
    cross.key,
    cross.value,
    feedForwardNorm.weight,
    feedForward.up.weight,
    feedForward.down.weight,
    ...(feedForward.gate === undefined ? [] : [feedForward.gate.weight]),
    ...(past === undefined ? [] : [past.key, past.value]),
  ];
}
