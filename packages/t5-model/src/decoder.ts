import {
  causalBias,
  combineBiases,
  type KeyValue,
  linear,
  paddingBias,
  projectKeyValue,
  rmsNorm,
  unembed,
} from "@t5ts/layers";
import { checkShape, dropout, recompute, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { T5Config } from "./config.js";
import { type DecoderBlockContext, decoderBlock } from "./decoder-block.js";
import { type Encoded, inputRegions, sumOncePerBias, windows } from "./encoder.js";
import { type DecoderBlockParams, embeddingOf, type T5Model } from "./params.js";
import { blockOptions, type PassOptions, replayed, type TrainingPassOptions } from "./pass.js";
import { embedPlaced, positionBiases } from "./positions.js";

/** What decoding carries from call to call. `self` is empty before the first token. */
export type DecoderState = { crossBias: tf.Tensor; cross: KeyValue[]; self: KeyValue[] };

/** The state before the first token: the encoder's output as every block's keys and values. */
export function startDecoding({ config, params }: T5Model, { encoded, inputMask }: Encoded): DecoderState {
  const crossBias = combineBiases(paddingBias(inputMask), inputRegions(config, inputMask));
  const cross = params.decoder.blocks.map(({ crossAttention, selfAttention }) =>
    tidy(() => projectKeyValue(crossAttention ?? selfAttention, encoded, config.numHeads)),
  );
  return { crossBias, cross, self: [] };
}

/**
 * Gives the logits of the tokens after `ids`, and the state to go on from.
 *
 * All target ids from a fresh state is teacher forcing; one id at a time is generation.
 *
 * @param ids [batch, length]
 * @returns `logits` [batch, length, vocabSize]; `state` shares what it can with the one given, which stays alive
 */
export function decode(
  model: T5Model,
  ids: tf.Tensor2D,
  state: DecoderState,
  options: PassOptions = {},
): { logits: tf.Tensor3D; state: DecoderState } {
  const { x, state: next } = decodeHidden(model, ids, state, options);
  return { logits: toLogits(model, x), state: next };
}

/** `decode` without the output layer: `x` [batch, length, dModel]. */
export function decodeHidden(
  model: T5Model,
  ids: tf.Tensor2D,
  state: DecoderState,
  options: PassOptions = {},
): { x: tf.Tensor3D; state: DecoderState } {
  const self: KeyValue[] = [];
  const x = throughBlocks(model, ids, state, options, (run, inputs) => {
    const next = tidy(() => run(inputs));
    self.push(next.self);
    return next.x;
  });
  return { x, state: { ...state, self } };
}

/**
 * Decodes whole targets by teacher forcing, for training: [batch, targetLength] → [batch, targetLength, dModel]. There's
 * nothing to go on from, so blocks may be computed again in the backward pass.
 */
export function decodeTargets(
  model: T5Model,
  ids: tf.Tensor2D,
  encoded: Encoded,
  options: TrainingPassOptions = {},
): tf.Tensor3D {
  return throughBlocks(model, ids, startDecoding(model, encoded), options, (run, inputs) =>
    tidy(() => (options.recomputesBlocks ? recompute((given) => run(given).x, inputs) : run(inputs).x)),
  );
}

type RunBlock = (inputs: DecoderBlockInputs) => { x: tf.Tensor; self: KeyValue };

/** Embeds `ids`, lets `runBlock` run each block, and norms what comes out. */
function throughBlocks(
  model: T5Model,
  ids: tf.Tensor2D,
  state: DecoderState,
  options: PassOptions,
  runBlock: (run: RunBlock, inputs: DecoderBlockInputs) => tf.Tensor,
): tf.Tensor3D {
  const { config, params } = model;
  const { blocks, finalNorm } = params.decoder;
  let x = placeTokens(model, ids, state, options); // [batch, length, dModel]
  const queryLength = ids.shape[1];
  const selfBias = selfBiases(model, { queryLength, keyLength: lengthOf(state) + queryLength });
  for (const [layer, block] of blocks.entries()) {
    const kind = config.decoderAttention === "merged" ? "merged" : "decoder";
    const pass = blockOptions(config, options, { kind, layer });
    const watchCross = blockOptions(config, options, { kind: "cross", layer }).watch;
    const rng = replayed(options.rng);
    const run: RunBlock = ({ block, x, context }) =>
      decoderBlock(block, x, { ...context, watchCross }, { ...pass, rng: rng() });
    const context = {
      past: state.self[layer],
      cross: state.cross[layer] as KeyValue,
      selfBias: selfBias(layer),
      crossBias: state.crossBias,
    };
    x = runBlock(run, { block, x, context });
  }
  return dropout(rmsNorm(finalNorm, x, config.layerNormEpsilon), config.dropoutRate, options.rng) as tf.Tensor3D;
}

/** How many tokens the decoder has so far. */
export function lengthOf({ self }: DecoderState): number {
  return self[0]?.key.shape[2] ?? 0;
}

/** The words of `ids`, placed after those of `state`. */
export function placeTokens(
  { config, params }: T5Model,
  ids: tf.Tensor2D,
  state: DecoderState,
  options: PassOptions = {},
): tf.Tensor {
  checkShape("decode: ids", ids, ["batch", "length"]);
  return embedPlaced(config, embeddingOf(params, "decoder"), params.decoder, ids, {
    start: lengthOf(state),
    ...options,
  });
}

/** Each layer's bias of what the last `queryLength` of `keyLength` positions see of the decoder's own. */
export function selfBiases(
  { config, params }: T5Model,
  lengths: { queryLength: number; keyLength: number },
): (layer: number) => tf.Tensor {
  const position = positionBiases(config, params.decoder, { isBidirectional: false, ...lengths });
  // A single token sees all that came before it: there's nothing to add but for its distance.
  const hasBias = lengths.queryLength === 1 && config.positions.kind === "relative";
  const causal = hasBias ? undefined : causalBias(lengths.queryLength, lengths.keyLength);
  return sumOncePerBias([causal, windows(config, lengths)], position);
}

/** Every tensor that a block depends on. */
type DecoderBlockInputs = {
  block: DecoderBlockParams;
  x: tf.Tensor;
  context: Omit<DecoderBlockContext, "watchCross">;
};

/** The output layer: [batch, length, dModel] → [batch, length, vocabSize]. */
export function toLogits(model: T5Model, x: tf.Tensor): tf.Tensor3D {
  const scaled = scaledForOutput(model.config, x);
  const weight = outputWeight(model);
  return (model.params.lmHead === undefined ? unembed({ weight }, scaled) : linear({ weight }, scaled)) as tf.Tensor3D;
}

/** T5 v1.0 scales what its tied table is multiplied with by dModel^-0.5. */
export function scaledForOutput<T extends tf.Tensor>({ scaleDecoderOutputs, dModel }: T5Config, x: T): T {
  return scaleDecoderOutputs ? tf.mul(x, dModel ** -0.5) : x;
}

/** The output layer's weight [vocabSize, dModel]: its own, or the decoder's table. */
export function outputWeight({ params }: T5Model): tf.Tensor2D {
  return (params.lmHead ?? embeddingOf(params, "decoder")).weight;
}
