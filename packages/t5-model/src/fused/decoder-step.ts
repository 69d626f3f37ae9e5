import type { AttentionParams, KeyValue, RmsNormParams } from "@t5ts/layers";
import { runFusedKernel } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import { type DecoderState, lengthOf, outputWeight, placeTokens, selfBiases } from "../decoder.js";
import type { DecoderBlockParams, T5Model } from "../params.js";
import { runsAsOneKernel } from "./one-kernel.js";

/** What a generation carries from step to step, and what it makes once for all of them. */
export type GenerationState = DecoderState & {
  /** The weight of the norm before the output layer, scaled by d^-½ where the model scales what comes of it. */
  outputNorm: tf.Tensor;
  /** Each layer's bias of one position, as it depends on nothing but the distance: made for a later one, its end is used. */
  selfBiases?: tf.Tensor[];
  /** The output layer as `QuantizeRows` gives it, for `greedyDecoderSteps`. */
  quantizedOutput?: tf.Tensor[];
};

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
  state: GenerationState,
): { logits: tf.Tensor2D; state: GenerationState } | undefined {
  if (!isOfKernel("DecoderStep", model, ids)) return undefined;
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
 * The same for the place of the largest logit of each row, once `quantizeOutput` has prepared the state, and for some that
 * follow: `best` [steps, batch], one step at least.
 */
export function greedyDecoderSteps(
  model: T5Model,
  ids: tf.Tensor2D,
  state: GenerationState,
  { steps, hasEnded }: GreedyBounds,
): { best: tf.Tensor2D; state: GenerationState } | undefined {
  const { config, params } = model;
  if (state.quantizedOutput === undefined || !isOfKernel("GreedySteps", model, ids)) return undefined;
  const most = Math.min(steps, MOST_STEPS);
  const { weight } = params.decoderEmbedding ?? params.embedding;
  const inputs = { first: ids, behind: [...state.quantizedOutput, weight] };
  const attributes = { steps: most, hasEnded, endToken: config.eosTokenId, milliseconds: MOST_MS };
  const { output, state: next } = runSteps("GreedySteps", model, state, inputs, attributes);
  return { best: output as tf.Tensor2D, state: next };
}

/** Takes over `state`. It takes about as long as four greedy steps save by it. */
export function quantizeOutput(model: T5Model, state: GenerationState): GenerationState {
  const [rows] = state.crossBias.shape as [number];
  const { config, params } = model;
  // Elsewhere a placed token isn't its row of the embedding alone, which is all the kernel takes of it.
  const isRow = config.positions.kind === "relative" && (params.decoderEmbedding ?? params.embedding).mlp === undefined;
  if (rows > MOST_ROWS || !isRow || !isModelOfKernel("GreedySteps", model)) return state;
  return { ...state, quantizedOutput: runFusedKernel("QuantizeRows", { weight: outputWeight(model) }) };
}

function isOfKernel(kernel: StepKernel, model: T5Model, { shape: [rows, length] }: tf.Tensor2D): boolean {
  return length === 1 && rows <= MOST_ROWS && isModelOfKernel(kernel, model);
}

function isModelOfKernel(kernel: StepKernel, model: T5Model): boolean {
  const { config, params } = model;
  if (config.decoderAttention === "merged" || outputWeight(model).shape[1] !== config.dModel) return false;
  return runsAsOneKernel(kernel, config, params.decoder.blocks);
}

type StepKernel = "DecoderStep" | "GreedySteps";

function runSteps(
  kernel: StepKernel,
  model: T5Model,
  state: GenerationState,
  { first, behind = [] }: { first: tf.Tensor; behind?: tf.Tensor[] },
  attributes: { steps?: number } & Record<string, unknown> = {},
): { output: tf.Tensor; state: GenerationState } {
  const { config, params } = model;
  const { blocks } = params.decoder;
  const biases = biasesFor(model, state, attributes.steps ?? 1);
  const layers = blocks.flatMap((block, layer) => layerInputs(block, state, biases[layer] as tf.Tensor, layer));
  const inputs = [first, state.crossBias, state.outputNorm, outputWeight(model), ...layers, ...behind];
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
  return { output, state: { ...state, selfBiases: biases, self } };
}

/** Made anew when the decoder has become too long for those of the state. */
function biasesFor(model: T5Model, state: GenerationState, steps: number): tf.Tensor[] {
  const length = lengthOf(state) + steps;
  if (state.selfBiases?.every(({ shape }) => (shape.at(-1) as number) >= length)) return state.selfBiases;
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
