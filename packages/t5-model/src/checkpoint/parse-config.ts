import { ACTIVATIONS, type HeadRegions, type TaskLayerConfig } from "@t5ts/layers";
import type { ClassifierConfig, PositionsConfig, T5Config } from "../config.js";
import { closestName } from "./closest-name.js";
import { FieldReader } from "./field-reader.js";
import { FOREIGN_FIELDS } from "./foreign-fields.js";
import { checkPartName } from "./part-name.js";

/** Model types whose architecture is one of ours. LongT5's encoder attends otherwise, so it isn't among them. */
const MODEL_TYPES = ["t5", "mt5", "umt5"] as const;

/**
 * Reads Hugging Face's `config.json` of a T5, with fields of our own for what Hugging Face has no word for
 * (`decoder_attention`, `positions`, `head_regions`, `head_merge`, `embedding_mlp`, `shares_embedding`, `task_layers`,
 * `classifiers`). Fields that don't describe the network are passed over, also unknown ones, which `unknownConfigFields`
 * lists. Those that would change the numbers in a way that isn't supported are refused.
 *
 * Which tables are one is a matter of the file beside it: transformers 5 writes `tie_word_embeddings: true` for every T5.
 * `configOfFile` reads both.
 *
 * @throws Error naming the field, what was expected and what came.
 */
export function parseT5Config(json: unknown): T5Config {
  return readConfig(new FieldReader("parseT5Config", json));
}

/** A field that isn't known, and the known one that it may stand for. */
export type UnknownField = { field: string; closest?: string };

/**
 * Lists the fields of a `config.json` that neither we nor transformers know for a T5. In a file of our own they are a
 * mistake.
 *
 * @param isOurs Whether fields are listed as well that transformers knows and `parseT5Config` passes over.
 * @throws Error for what `parseT5Config` can't accept.
 */
export function unknownConfigFields(json: unknown, isOurs = false): UnknownField[] {
  const read = new FieldReader("parseT5Config", json);
  readConfig(read);
  const known = read.known();
  return read
    .unknown()
    .filter((field) => isOurs || !FOREIGN_FIELDS.has(field))
    .map((field) => {
      const closest = closestName(field, known);
      return closest === undefined ? { field } : { field, closest };
    });
}

function readConfig(read: FieldReader): T5Config {
  const modelType = read.oneOf("model_type", MODEL_TYPES, "t5");
  const tieWordEmbeddings = read.boolean("tie_word_embeddings", modelType !== "mt5");
  const padTokenId = read.integer("pad_token_id", { min: 0, default: 0 });
  const numLayers = read.integer("num_layers", { min: 1 });
  const config: T5Config = {
    ...(modelType === "mt5" ? { modelType } : {}),
    vocabSize: read.integer("vocab_size", { min: 1 }),
    dModel: read.integer("d_model", { min: 1 }),
    dKv: read.integer("d_kv", { min: 1 }),
    dFf: read.integer("d_ff", { min: 1 }),
    numLayers,
    numDecoderLayers: read.integer("num_decoder_layers", { min: 1, default: numLayers }),
    numHeads: read.integer("num_heads", { min: 1 }),
    feedForwardProj: read.oneOf("feed_forward_proj", ACTIVATIONS, modelType === "t5" ? "relu" : "gated-gelu"),
    dropoutRate: read.number("dropout_rate", { min: 0, below: 1, default: 0.1 }),
    layerNormEpsilon: read.number("layer_norm_epsilon", { min: 0, default: 1e-6 }),
    tieWordEmbeddings,
    // transformers 5 writes it; before, it followed from the tied table, though never in mT5.
    scaleDecoderOutputs: read.boolean("scale_decoder_outputs", tieWordEmbeddings && modelType !== "mt5"),
    sharesEmbedding: read.boolean("shares_embedding", true),
    ...parseEmbeddingMlp(read),
    positions: parsePositions(read, modelType === "umt5"),
    decoderAttention: read.oneOf("decoder_attention", ["cross", "merged"] as const, "cross"),
    headRegions: parseHeadRegions(read),
    headMerge: read.oneOf("head_merge", ["concat", "mean", "sum"] as const, "concat"),
    taskLayers: read.record("task_layers", parseTaskLayer),
    classifiers: read.record("classifiers", parseClassifier),
    padTokenId,
    eosTokenId: read.integer("eos_token_id", { min: 0, default: 1 }),
    decoderStartTokenId: read.integer("decoder_start_token_id", { min: 0, default: padTokenId }),
  };
  refuseUnsupported(read, config);
  checkConsistent(config);
  return config;
}

function parseEmbeddingMlp(read: FieldReader): Pick<T5Config, "embeddingMlp"> {
  const mlp = read.optional("embedding_mlp");
  if (mlp === undefined) return {};
  const embeddingMlp = {
    dEmbedding: mlp.integer("d_embedding", { min: 1 }),
    dHidden: mlp.integer("d_hidden", { min: 1 }),
  };
  mlp.close();
  return { embeddingMlp };
}

function parsePositions(read: FieldReader, inEveryLayer: boolean): PositionsConfig {
  const ours = read.optional("positions");
  if (ours?.oneOf("kind", ["relative", "sinusoidal"] as const) === "sinusoidal") {
    const layout = ours.oneOf("layout", ["dimensions", "positions"] as const, "dimensions");
    ours.close();
    // Of no use here; a preset's may stand beside the positions that replace it.
    read.integer("relative_attention_num_buckets", { min: 4, default: 32 });
    read.integer("relative_attention_max_distance", { min: 2, default: 128 });
    return { kind: "sinusoidal", layout };
  }
  const isInEveryLayer = ours?.boolean("in_every_layer", inEveryLayer) ?? inEveryLayer;
  ours?.close();
  return {
    kind: "relative",
    numBuckets: read.integer("relative_attention_num_buckets", { min: 4, default: 32 }),
    maxDistance: read.integer("relative_attention_max_distance", { min: 2, default: 128 }),
    inEveryLayer: isInEveryLayer,
  };
}

function parseHeadRegions(read: FieldReader): HeadRegions {
  const regions = read.optional("head_regions");
  const kind = regions?.oneOf("kind", ["whole", "parts", "windows"] as const) ?? "whole";
  const isWindows = regions !== undefined && kind === "windows";
  const found = isWindows ? { kind, radius: regions.integerOrIntegers("radius", { min: 0 }) } : { kind };
  regions?.close();
  return found as HeadRegions;
}

function parseTaskLayer(read: FieldReader): TaskLayerConfig {
  const kind = read.oneOf("kind", ["identity", "linear", "adapter", "block"] as const);
  return kind === "adapter" ? { kind, dBottleneck: read.integer("d_bottleneck", { min: 1 }) } : { kind };
}

function parseClassifier(read: FieldReader): ClassifierConfig {
  return {
    of: read.oneOf("of", ["sequence", "tokens"] as const),
    numLabels: read.integer("num_labels", { min: 1 }),
  };
}

/** Fields of transformers that would change the numbers: what says the same as the others, or nothing, is fine. */
function refuseUnsupported(read: FieldReader, config: T5Config): void {
  const { feedForwardProj } = config;
  const isGated = feedForwardProj.startsWith("gated-");
  const activation = feedForwardProj === "gated-gelu" ? "gelu_new" : feedForwardProj.replace("gated-", "");
  const beside = `beside the feed_forward_proj "${feedForwardProj}"`;
  read.only("is_gated_act", [isGated], `${isGated} ${beside}`);
  read.only("dense_act_fn", [activation], `"${activation}" ${beside}`);
  for (const [alias, field, value] of [
    ["hidden_size", "d_model", config.dModel],
    ["num_attention_heads", "num_heads", config.numHeads],
    ["num_hidden_layers", "num_layers", config.numLayers],
    ["head_dim", "d_kv", config.dKv],
  ] as const) {
    read.only(alias, [value], `${value}, as ${field} is`);
  }
  read.only("quantization_config", [], "none, as quantized weights aren't supported");
  read.only("encoder_attention_type", [], "none, as LongT5's attention isn't supported");
  read.only("pruned_heads", [{}], "none, as pruned heads aren't supported");
  read.only(
    "tie_encoder_decoder",
    [false],
    "false, as an encoder and a decoder with the same weights aren't supported",
  );
}

function checkConsistent(config: T5Config): void {
  for (const task of Object.keys(config.taskLayers)) checkPartName("parseT5Config: task_layers", task);
  for (const name of Object.keys(config.classifiers)) checkPartName("parseT5Config: classifiers", name);
  const fail = (field: string, message: string): never => {
    throw new Error(`parseT5Config: ${field}: ${message}`);
  };
  const { embeddingMlp, tieWordEmbeddings, dModel, headRegions, numHeads, vocabSize, positions } = config;
  if (tieWordEmbeddings && embeddingMlp !== undefined && embeddingMlp.dEmbedding !== dModel) {
    fail("embedding_mlp.d_embedding", `expected d_model (${dModel}) for a tied table, got ${embeddingMlp.dEmbedding}`);
  }
  if (headRegions.kind === "windows" && Array.isArray(headRegions.radius) && headRegions.radius.length !== numHeads) {
    fail("head_regions.radius", `expected ${numHeads} radii, one a head, got ${headRegions.radius.length}`);
  }
  for (const [field, id] of [
    ["pad_token_id", config.padTokenId],
    ["eos_token_id", config.eosTokenId],
    ["decoder_start_token_id", config.decoderStartTokenId],
  ] as const) {
    if (id >= vocabSize) fail(field, `expected an id below vocab_size (${vocabSize}), got ${id}`);
  }
  if (positions.kind === "relative" && positions.maxDistance <= positions.numBuckets / 2) {
    const half = positions.numBuckets / 2;
    fail(
      "relative_attention_max_distance",
      `expected more than half the buckets (${half}), got ${positions.maxDistance}`,
    );
  }
}

/** The `config.json` of a configuration: `parseT5Config` reads it back, and so does Hugging Face where it has the words. */
export function formatT5Config(config: T5Config): Record<string, unknown> {
  const { positions, embeddingMlp, headRegions } = config;
  const isRelative = positions.kind === "relative";
  // transformers passes over the scaling of an mT5.
  const name = config.scaleDecoderOutputs ? "t5" : (config.modelType ?? "t5");
  const modelType = isRelative && positions.inEveryLayer ? "umt5" : name;
  return {
    architectures: [`${modelType.toUpperCase()}ForConditionalGeneration`],
    model_type: modelType,
    is_encoder_decoder: true,
    vocab_size: config.vocabSize,
    d_model: config.dModel,
    d_kv: config.dKv,
    d_ff: config.dFf,
    num_layers: config.numLayers,
    num_decoder_layers: config.numDecoderLayers,
    num_heads: config.numHeads,
    feed_forward_proj: config.feedForwardProj,
    ...(isRelative
      ? {
          relative_attention_num_buckets: positions.numBuckets,
          relative_attention_max_distance: positions.maxDistance,
        }
      : { positions }),
    dropout_rate: config.dropoutRate,
    layer_norm_epsilon: config.layerNormEpsilon,
    tie_word_embeddings: config.tieWordEmbeddings,
    scale_decoder_outputs: config.scaleDecoderOutputs,
    ...(config.sharesEmbedding ? {} : { shares_embedding: false }),
    ...(embeddingMlp
      ? { embedding_mlp: { d_embedding: embeddingMlp.dEmbedding, d_hidden: embeddingMlp.dHidden } }
      : {}),
    ...(config.decoderAttention === "cross" ? {} : { decoder_attention: config.decoderAttention }),
    ...(headRegions.kind === "whole" ? {} : { head_regions: headRegions }),
    ...(config.headMerge === "concat" ? {} : { head_merge: config.headMerge }),
    ...unlessEmpty("task_layers", config.taskLayers, (layer) =>
      layer.kind === "adapter" ? { kind: layer.kind, d_bottleneck: layer.dBottleneck } : layer,
    ),
    ...unlessEmpty("classifiers", config.classifiers, ({ of, numLabels }) => ({ of, num_labels: numLabels })),
    pad_token_id: config.padTokenId,
    eos_token_id: config.eosTokenId,
    decoder_start_token_id: config.decoderStartTokenId,
  };
}

function unlessEmpty<T>(
  field: string,
  record: Record<string, T>,
  format: (value: T) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(record);
  return entries.length === 0 ? {} : { [field]: Object.fromEntries(entries.map(([name, v]) => [name, format(v)])) };
}

/**
 * Whether Hugging Face's T5 has this architecture, so that its names and its `config.json` describe the model whole.
 *
 * Two tables, one for each stack, are among it since transformers 5: files say so by holding both.
 */
export function hasHuggingFaceNames(config: T5Config): boolean {
  return (
    config.embeddingMlp === undefined &&
    config.positions.kind === "relative" &&
    config.decoderAttention === "cross" &&
    config.headRegions.kind === "whole" &&
    config.headMerge === "concat"
  );
}
