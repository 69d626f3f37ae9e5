import {
  type AttentionParams,
  type BlockSize,
  type EmbeddingParams,
  type EncoderBlockParams,
  initAttention,
  initEmbedding,
  initEncoderBlock,
  initLinear,
  initRelativePositionBias,
  initRmsNorm,
  initSinusoidalPositions,
  initTaskLayer,
  type LinearParams,
  type RelativePositionBiasParams,
  type RmsNormParams,
  type SinusoidalPositionParams,
  type TaskLayerParams,
} from "@t5ts/layers";
import type { Rng } from "@t5ts/random";
import { checkPartName } from "./checkpoint/part-name.js";
import type { T5Config } from "./config.js";

/** A model is data: what it was built as, and what it has learned. */
export type T5Model = { config: T5Config; params: T5Params };

/**
 * `decoderEmbedding` only where the table isn't shared; `lmHead` [vocabSize, dModel] only where the output layer isn't
 * tied. Dotted paths are the names: `encoder.blocks.0.selfAttention.query.weight`.
 */
export type T5Params = {
  embedding: EmbeddingParams;
  decoderEmbedding?: EmbeddingParams;
  encoder: StackParams<EncoderBlockParams>;
  taskLayers: Record<string, TaskLayerParams>;
  decoder: StackParams<DecoderBlockParams>;
  lmHead?: LinearParams;
  /** Each [numLabels, dModel]. */
  classifiers: Record<string, LinearParams>;
};

/** The table in which a stack looks words up. */
export function embeddingOf(params: T5Params, stack: "encoder" | "decoder"): EmbeddingParams {
  return (stack === "decoder" ? params.decoderEmbedding : undefined) ?? params.embedding;
}

/** `positionBias` holds one table, or one for each layer; it's empty where positions are sinusoidal. */
export type StackParams<Block> = {
  positions?: SinusoidalPositionParams;
  positionBias: RelativePositionBiasParams[];
  blocks: Block[];
  finalNorm: RmsNormParams;
};

/** The part for cross-attention only where the decoder has one. */
export type DecoderBlockParams = EncoderBlockParams & {
  crossAttentionNorm?: RmsNormParams;
  crossAttention?: AttentionParams;
};

/** Random weights with Mesh TensorFlow's deviations (t5 `t5.1.1.*.gin`). */
export function initT5(rng: Rng, config: T5Config): T5Params {
  const { dModel, vocabSize, embeddingMlp: mlp } = config;
  const size = blockSize(config);
  const encoder = initStack(rng.fork("encoder"), config, config.numLayers, (rng) => initEncoderBlock(rng, size));
  const decoder = initStack(rng.fork("decoder"), config, config.numDecoderLayers, (rng) =>
    initDecoderBlock(rng, config, size),
  );
  return {
    embedding: initEmbedding(rng.fork("embedding"), { vocabSize, dModel, mlp }),
    ...(config.sharesEmbedding
      ? {}
      : { decoderEmbedding: initEmbedding(rng.fork("decoderEmbedding"), { vocabSize, dModel, mlp }) }),
    encoder,
    taskLayers: mapNamed("initT5: taskLayers", config.taskLayers, (layer, task) =>
      initTaskLayer(rng.fork(`taskLayers.${task}`), layer, size),
    ),
    decoder,
    ...(config.tieWordEmbeddings ? {} : { lmHead: initLinear(rng.fork("lmHead"), dModel, vocabSize, dModel ** -0.5) }),
    classifiers: mapNamed("initT5: classifiers", config.classifiers, ({ numLabels }, name) =>
      initLinear(rng.fork(`classifiers.${name}`), dModel, numLabels, dModel ** -0.5),
    ),
  };
}

/** The sizes of a block, in the words of `layers`. */
export function blockSize({ dModel, numHeads, dKv, headMerge, dFf, feedForwardProj }: T5Config): BlockSize {
  return { dModel, numHeads, dHead: dKv, headMerge, dFf, activation: feedForwardProj };
}

function initStack<Block>(
  rng: Rng,
  config: T5Config,
  numLayers: number,
  initBlock: (rng: Rng) => Block,
): StackParams<Block> {
  const { positions, numHeads, dModel } = config;
  const numBiases = positions.kind !== "relative" ? 0 : positions.inEveryLayer ? numLayers : 1;
  return {
    ...(positions.kind === "sinusoidal" ? { positions: initSinusoidalPositions() } : {}),
    positionBias: Array.from({ length: numBiases }, (_, i) =>
      initRelativePositionBias(rng.fork(`positionBias.${i}`), {
        numBuckets: positions.kind === "relative" ? positions.numBuckets : 0,
        numHeads,
        dModel,
      }),
    ),
    blocks: Array.from({ length: numLayers }, (_, i) => initBlock(rng.fork(`blocks.${i}`))),
    finalNorm: initRmsNorm(dModel),
  };
}

function initDecoderBlock(rng: Rng, config: T5Config, size: BlockSize): DecoderBlockParams {
  const block = initEncoderBlock(rng, size);
  if (config.decoderAttention === "merged") return block;
  return { ...block, crossAttentionNorm: initRmsNorm(config.dModel), crossAttention: initAttention(rng, size) };
}

function mapNamed<A, B>(what: string, record: Record<string, A>, f: (value: A, name: string) => B): Record<string, B> {
  const entries = Object.entries(record);
  for (const [name] of entries) checkPartName(what, name);
  return Object.fromEntries(entries.map(([name, value]) => [name, f(value, name)]));
}
