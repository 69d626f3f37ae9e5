import type { AttentionParams, KeyValue, RmsNormParams } from "@t5ts/layers";
import { runFusedKernel } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type DecoderState, lengthOf, outputWeight, placeTokens, scaledForOutput, selfBiases } from "../decoder.js";
import { type DecoderBlockParams, embeddingOf, type T5Model } from "../params.js";
import { runsFused } from "./runs-fused.js";

/** What one-kernel steps of a decoder need beside its state, made once for all of them. Opaque to those who carry it. */
export type FusedDecoder = {
  /** The weight of the norm before the output layer, scaled as the model scales what comes of it. */
  outputNorm: tf.Tensor;
  /** Relative-position bias of one query, for each layer. Built longer than needed; a step reads the last k + 1 entries. */
  selfBiases?: tf.Tensor[];
  /** The output layer as `QuantizeRows` gives it. */
  quantizedOutput?: tf.Tensor[];
};

type FusedState = DecoderState & { fused: FusedDecoder };

/** Beyond so many rows products are worth packing, which the kernels don't; they would take twice as many. */
const MOST_ROWS = 8;

/** Outputs that may be shorter aren't worth the preparation, which takes about as long as four greedy steps save by it. */
const LEAST_QUANTIZED = 8;

/**
 * Prepares one-kernel steps for a published T5 that generates.
 *
 * @param greedy How many rows, and how many tokens each at most, are chosen by the largest logit; absent if they aren't.
 * @returns Undefined where the backend has no kernel for any step of this model.
 */
export function startFusedDecoder(
  model: T5Model,
  greedy: { rows: number; maxNewTokens: number } | undefined,
): FusedDecoder | undefined {
  if (!isModelOfKernel("DecoderStep", model) && !isModelOfKernel("GreedySteps", model)) return undefined;
  const { config, params } = model;
  // A tensor of its own: the state is disposed, the model isn't.
  const fused = { outputNorm: tf.clone(scaledForOutput(config, params.decoder.finalNorm.weight)) };
  if (greedy === undefined || greedy.rows > MOST_ROWS || greedy.maxNewTokens < LEAST_QUANTIZED) return fused;
  // Elsewhere a placed token isn't its row of the embedding alone, which is all the kernel takes of it.
  const isRow = config.positions.kind === "relative" && embeddingOf(params, "decoder").mlp === undefined;
  if (!isRow || !isModelOfKernel("GreedySteps", model)) return fused;
  return { ...fused, quantizedOutput: runFusedKernel("QuantizeRows", { weight: outputWeight(model) }) };
}

/**
 * Decodes one position in one kernel call: the same values as `decode`.
 *
 * @param ids [batch, 1]
 * @returns Undefined where the case isn't the kernel's.
 */
export function fusedStep<S extends DecoderState & { fused?: FusedDecoder }>(
  model: T5Model,
  ids: tf.Tensor2D,
  state: S,
): { logits: tf.Tensor2D; state: S } | undefined {
  if (!isFused(state) || !isStepOfKernel("DecoderStep", model, ids)) return undefined;
  const { output, state: next } = runSteps("DecoderStep", model, state, { first: placeTokens(model, ids, state) });
  return { logits: output as tf.Tensor2D, state: next };
}

/** How far greedy steps may go by themselves. */
export type GreedyBounds = {
  /** The most steps. */
  steps: number;
  /** The rows that needn't be waited for. */
  hasEnded: boolean[];
};

/** So many steps and milliseconds at once: little enough for whoever watches or interrupts. */
const MOST_STEPS = 16;
const MOST_MS = 20;

/**
 * Decodes greedily, several steps in one kernel call. Returns the tokens [steps, batch], steps ≥ 1, each the first with the
 * largest logit, or -1 where that isn't a finite number.
 *
 * @param ids [batch, 1]
 * @returns Undefined where the case isn't the kernel's, or wasn't prepared.
 */
export function fusedGreedySteps<S extends DecoderState & { fused?: FusedDecoder }>(
  model: T5Model,
  ids: tf.Tensor2D,
  state: S,
  { steps, hasEnded }: GreedyBounds,
): { best: tf.Tensor2D; state: S } | undefined {
  if (!isFused(state) || !isStepOfKernel("GreedySteps", model, ids)) return undefined;
  const { quantizedOutput } = state.fused;
  if (quantizedOutput === undefined) return undefined;
  const { config, params } = model;
  const inputs = { first: ids, behind: [...quantizedOutput, embeddingOf(params, "decoder").weight] };
  const endToken = config.eosTokenId;
  const attributes = { steps: Math.min(steps, MOST_STEPS), hasEnded, endToken, milliseconds: MOST_MS };
  const { output, state: next } = runSteps("GreedySteps", model, state, inputs, attributes);
  return { best: output as tf.Tensor2D, state: next };
}

function isFused<S extends { fused?: FusedDecoder }>(state: S): state is S & { fused: FusedDecoder } {
  return state.fused !== undefined;
}

function isStepOfKernel(kernel: StepKernel, model: T5Model, { shape: [rows, length] }: tf.Tensor2D): boolean {
  return length === 1 && rows <= MOST_ROWS && isModelOfKernel(kernel, model);
}

function isModelOfKernel(kernel: StepKernel, model: T5Model): boolean {
  const { config, params } = model;
  if (config.decoderAttention === "merged" || outputWeight(model).shape[1] !== config.dModel) return false;
  return runsFused(kernel, config, params.decoder.blocks);
}

type StepKernel = "DecoderStep" | "GreedySteps";

function runSteps<S extends FusedState>(
  kernel: StepKernel,
  model: T5Model,
  state: S,
  { first, behind = [] }: { first: tf.Tensor; behind?: tf.Tensor[] },
  attributes: { steps?: number } & Record<string, unknown> = {},
): { output: tf.Tensor; state: S } {
  const { config, params } = model;
  const { blocks } = params.decoder;
  const biases = biasesFor(model, state, attributes.steps ?? 1);
  const layers = blocks.flatMap((block, layer) => layerInputs(block, state, biases[layer] as tf.Tensor, layer));
  const inputs = [first, state.crossBias, state.fused.outputNorm, outputWeight(model), ...layers, ...behind];
  const [output, ...keyValues] = runFusedKernel(kernel, inputs, {
    numLayers: blocks.length,
    numHeads: config.numHeads,
    epsilon: config.layerNormEpsilon,
    isGated: config.feedForwardProj === "gated-gelu",
    hasPast: state.self.length > 0,
    ...attributes,
  }) as [tf.Tensor, ...tf.Tensor4D[]];
  const self = blocks.map((_, layer) => ({
    key: keyValues[2 * layer] as tf.Tensor4D,
    value: keyValues[2 * layer + 1] as tf.Tensor4D,
  }));
  return { output, state: { ...state, fused: { ...state.fused, selfBiases: biases }, self } };
}

/** Makes biases anew when the decoder has become too long for those of the state. */
function biasesFor(model: T5Model, state: FusedState, steps: number): tf.Tensor[] {
  const length = lengthOf(state) + steps;
  const { selfBiases: made } = state.fused;
  if (made?.every(({ shape }) => (shape.at(-1) as number) >= length)) return made;
  const bias = selfBiases(model, { queryLength: 1, keyLength: Math.max(LEAST_BIAS, 2 * length) });
  return model.params.decoder.blocks.map((_, layer) => bias(layer));
}

const LEAST_BIAS = 64;

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
