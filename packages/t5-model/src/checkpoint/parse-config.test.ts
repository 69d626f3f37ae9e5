import { describe, expect, it } from "vitest";
import type { T5Config } from "../config.js";
import { DESCRIBED_TINY, T5_1_1_BASE, T5_1_1_SMALL, T5_BASE, T5_SMALL } from "../presets.js";
import { TINY, VARIANTS } from "../testing/tiny-variants.js";
import { countParameters } from "./checkpoint.js";
import { formatT5Config, hasHuggingFaceNames, parseT5Config, unknownConfigFields } from "./parse-config.js";

/** The `config.json` of models as they are published, without what says how to generate. */
const T5_SMALL_JSON = {
  architectures: ["T5ForConditionalGeneration"],
  d_ff: 2048,
  d_kv: 64,
  d_model: 512,
  decoder_start_token_id: 0,
  dropout_rate: 0.1,
  eos_token_id: 1,
  initializer_factor: 1.0,
  is_encoder_decoder: true,
  layer_norm_epsilon: 1e-6,
  model_type: "t5",
  n_positions: 512,
  num_heads: 8,
  num_layers: 6,
  output_past: true,
  pad_token_id: 0,
  relative_attention_num_buckets: 32,
  task_specific_params: { summarization: { early_stopping: true, length_penalty: 2.0, num_beams: 4 } },
  vocab_size: 32128,
};

const T5_1_1_SMALL_JSON = {
  architectures: ["T5ForConditionalGeneration"],
  d_ff: 1024,
  d_kv: 64,
  d_model: 512,
  decoder_start_token_id: 0,
  dropout_rate: 0.1,
  eos_token_id: 1,
  feed_forward_proj: "gated-gelu",
  initializer_factor: 1.0,
  is_encoder_decoder: true,
  layer_norm_epsilon: 1e-6,
  model_type: "t5",
  num_decoder_layers: 8,
  num_heads: 6,
  num_layers: 8,
  output_past: true,
  pad_token_id: 0,
  relative_attention_num_buckets: 32,
  tie_word_embeddings: false,
  vocab_size: 32128,
};

const FLAN_T5_BASE_JSON = {
  ...T5_1_1_SMALL_JSON,
  d_ff: 2048,
  d_model: 768,
  n_positions: 512,
  num_decoder_layers: 12,
  num_heads: 12,
  num_layers: 12,
  relative_attention_max_distance: 128,
  dense_act_fn: "gelu_new",
  is_gated_act: true,
  torch_dtype: "float32",
  transformers_version: "4.23.1",
  use_cache: true,
};

const MT5_SMALL_JSON = {
  architectures: ["MT5ForConditionalGeneration"],
  d_ff: 1024,
  d_kv: 64,
  d_model: 512,
  decoder_start_token_id: 0,
  dropout_rate: 0.1,
  eos_token_id: 1,
  feed_forward_proj: "gated-gelu",
  initializer_factor: 1.0,
  is_encoder_decoder: true,
  layer_norm_epsilon: 1e-6,
  model_type: "mt5",
  num_decoder_layers: 8,
  num_heads: 6,
  num_layers: 8,
  pad_token_id: 0,
  relative_attention_num_buckets: 32,
  tie_word_embeddings: false,
  tokenizer_class: "T5Tokenizer",
  vocab_size: 250112,
};

const UMT5_SMALL_JSON = {
  ...MT5_SMALL_JSON,
  architectures: ["UMT5ForConditionalGeneration"],
  classifier_dropout: 0.0,
  dense_act_fn: "gelu_new",
  is_gated_act: true,
  model_type: "umt5",
  relative_attention_max_distance: 128,
  scalable_attention: true,
  vocab_size: 256384,
};

const BYT5_SMALL_JSON = {
  ...MT5_SMALL_JSON,
  architectures: ["T5ForConditionalGeneration"],
  d_ff: 3584,
  d_model: 1472,
  model_type: "t5",
  num_decoder_layers: 4,
  num_layers: 12,
  tokenizer_class: "ByT5Tokenizer",
  vocab_size: 384,
};

describe("parseT5Config", () => {
  it("reads the published configurations of T5", () => {
    expect(parseT5Config(T5_SMALL_JSON)).toEqual(T5_SMALL);
    expect(parseT5Config({ ...T5_SMALL_JSON, d_model: 768, d_ff: 3072, num_heads: 12, num_layers: 12 })).toEqual(
      T5_BASE,
    );
    expect(parseT5Config(T5_1_1_SMALL_JSON)).toEqual(T5_1_1_SMALL);
    expect(parseT5Config(FLAN_T5_BASE_JSON)).toEqual(T5_1_1_BASE);
  });

  // How many numbers their checkpoints hold.
  it.each([
    ["t5-small", T5_SMALL_JSON, 60_506_624],
    ["flan-t5-base", FLAN_T5_BASE_JSON, 247_577_856],
    ["mt5-small", MT5_SMALL_JSON, 300_176_768],
    ["byt5-small", BYT5_SMALL_JSON, 299_637_760],
  ])("describes a model of the published size: %s", (_, json, expected) => {
    expect(countParameters(parseT5Config(json))).toBe(expected);
  });

  it("gives UMT5 a bias in every layer", () => {
    const { positions, ...config } = parseT5Config(UMT5_SMALL_JSON);
    expect(positions).toEqual({ kind: "relative", numBuckets: 32, maxDistance: 128, inEveryLayer: true });
    expect(config).toMatchObject({ vocabSize: 256384, feedForwardProj: "gated-gelu", tieWordEmbeddings: false });
    expect(parseT5Config(MT5_SMALL_JSON).positions).toMatchObject({ inEveryLayer: false });
  });

  it("takes transformers' defaults for what a file doesn't say", () => {
    const { vocab_size, d_model, d_kv, d_ff, num_layers, num_heads } = T5_1_1_SMALL_JSON;
    const sizes = { vocab_size, d_model, d_kv, d_ff, num_layers, num_heads };
    expect(parseT5Config(sizes)).toMatchObject({
      numDecoderLayers: 8,
      feedForwardProj: "relu",
      dropoutRate: 0.1,
      layerNormEpsilon: 1e-6,
      tieWordEmbeddings: true,
      scaleDecoderOutputs: true,
      positions: { numBuckets: 32, maxDistance: 128 },
      padTokenId: 0,
      eosTokenId: 1,
      decoderStartTokenId: 0,
    });
    expect(parseT5Config({ ...sizes, num_decoder_layers: null, pad_token_id: 3 })).toMatchObject({
      numDecoderLayers: 8,
      decoderStartTokenId: 3,
    });
    expect(parseT5Config({ ...sizes, model_type: "mt5" })).toMatchObject({
      feedForwardProj: "gated-gelu",
      tieWordEmbeddings: false,
      scaleDecoderOutputs: false,
    });
    expect(parseT5Config({ ...sizes, model_type: "umt5" })).toMatchObject({ tieWordEmbeddings: true });
  });

  it("believes a file that says whether the decoder's output is scaled", () => {
    expect(parseT5Config({ ...T5_SMALL_JSON, scale_decoder_outputs: false })).toMatchObject({
      tieWordEmbeddings: true,
      scaleDecoderOutputs: false,
    });
  });

  // Every field that it reads, with something it can't accept.
  it.each<[Record<string, unknown>, string]>([
    [{ model_type: "longt5" }, 'model_type: expected one of "t5", "mt5", "umt5", got "longt5"'],
    [{ vocab_size: 0 }, "vocab_size: expected an integer from 1 on, got 0"],
    [{ d_model: undefined }, "d_model: expected an integer from 1 on, got nothing"],
    [{ d_kv: 6.5 }, "d_kv: expected an integer from 1 on, got 6.5"],
    [{ d_ff: "2048" }, 'd_ff: expected an integer from 1 on, got "2048"'],
    [{ num_layers: 0 }, "num_layers: expected an integer from 1 on, got 0"],
    [{ num_decoder_layers: -1 }, "num_decoder_layers: expected an integer from 1 on, got -1"],
    [{ num_heads: null }, "num_heads: expected an integer from 1 on, got nothing"],
    [{ feed_forward_proj: "swish" }, 'feed_forward_proj: expected one of "relu", "gelu"'],
    [{ dropout_rate: 1 }, "dropout_rate: expected a number from 0 and below 1, got 1"],
    [{ layer_norm_epsilon: -1e-6 }, "layer_norm_epsilon: expected a number from 0, got -0.000001"],
    [{ tie_word_embeddings: "no" }, 'tie_word_embeddings: expected true or false, got "no"'],
    [{ scale_decoder_outputs: 1 }, "scale_decoder_outputs: expected true or false, got 1"],
    [{ relative_attention_num_buckets: 2 }, "relative_attention_num_buckets: expected an integer from 4 on, got 2"],
    [{ relative_attention_max_distance: 1 }, "relative_attention_max_distance: expected an integer from 2 on, got 1"],
    [
      { relative_attention_max_distance: 16 },
      "relative_attention_max_distance: expected more than half the buckets (16), got 16",
    ],
    [{ pad_token_id: 32128 }, "pad_token_id: expected an id below vocab_size (32128), got 32128"],
    [{ eos_token_id: -1 }, "eos_token_id: expected an integer from 0 on, got -1"],
    [{ eos_token_id: 40000 }, "eos_token_id: expected an id below vocab_size (32128), got 40000"],
    [{ decoder_start_token_id: 40000 }, "decoder_start_token_id: expected an id below vocab_size (32128), got 40000"],
    [{ shares_embedding: 0 }, "shares_embedding: expected true or false, got 0"],
    [{ embedding_mlp: 3 }, "embedding_mlp: expected an object, got 3"],
    [{ embedding_mlp: { d_embedding: 512 } }, "embedding_mlp.d_hidden: expected an integer from 1 on, got nothing"],
    [
      { embedding_mlp: { d_embedding: 64, d_hidden: 64 } },
      "embedding_mlp.d_embedding: expected d_model (512) for a tied table, got 64",
    ],
    [{ positions: { kind: "rotary" } }, 'positions.kind: expected one of "relative", "sinusoidal", got "rotary"'],
    [
      { positions: { kind: "sinusoidal", layout: "rows" } },
      'positions.layout: expected one of "dimensions", "positions", got "rows"',
    ],
    [
      { positions: { kind: "relative", in_every_layer: "yes" } },
      'positions.in_every_layer: expected true or false, got "yes"',
    ],
    [{ decoder_attention: "both" }, 'decoder_attention: expected one of "cross", "merged", got "both"'],
    [
      { head_regions: { kind: "thirds" } },
      'head_regions.kind: expected one of "whole", "parts", "windows", got "thirds"',
    ],
    [
      { head_regions: { kind: "windows" } },
      "head_regions.radius: expected an integer from 0 on, or a list of them, got nothing",
    ],
    [
      { head_regions: { kind: "windows", radius: [1, -2] } },
      "head_regions.radius: expected an integer from 0 on, or a list of them, got [1,-2]",
    ],
    [{ head_regions: { kind: "windows", radius: [1, 2] } }, "head_regions.radius: expected 8 radii, one a head, got 2"],
    [{ head_merge: "max" }, 'head_merge: expected one of "concat", "mean", "sum", got "max"'],
    [{ task_layers: ["linear"] }, 'task_layers: expected an object, got ["linear"]'],
    [
      { task_layers: { tag: { kind: "lstm" } } },
      'task_layers.tag.kind: expected one of "identity", "linear", "adapter", "block", got "lstm"',
    ],
    [
      { task_layers: { tag: { kind: "adapter" } } },
      "task_layers.tag.d_bottleneck: expected an integer from 1 on, got nothing",
    ],
    [{ task_layers: { "en.de": { kind: "linear" } } }, 'task_layers: expected a name without dots, got "en.de"'],
    [
      { classifiers: { mood: { of: "words", num_labels: 2 } } },
      'classifiers.mood.of: expected one of "sequence", "tokens", got "words"',
    ],
    [
      { classifiers: { mood: { of: "tokens" } } },
      "classifiers.mood.num_labels: expected an integer from 1 on, got nothing",
    ],
    [
      { positions: { kind: "sinusoidal", layuot: "positions" } },
      'positions.layuot: unknown field; expected one of "kind", "layout"; did you mean "layout"?',
    ],
    [{ positions: { kind: "relative", layout: "positions" } }, "positions.layout: unknown field"],
    [{ head_regions: { kind: "parts", radius: 3 } }, "head_regions.radius: unknown field"],
    [
      { embedding_mlp: { d_embedding: 512, d_hidden: 8, dHidden: 9 } },
      'embedding_mlp.dHidden: unknown field; expected one of "d_embedding", "d_hidden"; did you mean "d_hidden"?',
    ],
    [{ task_layers: { tag: { kind: "linear", d_bottleneck: 3 } } }, "task_layers.tag.d_bottleneck: unknown field"],
    [{ classifiers: { mood: { of: "tokens", num_labels: 2, labels: 2 } } }, "classifiers.mood.labels: unknown field"],
    [{ is_gated_act: true }, 'is_gated_act: expected false beside the feed_forward_proj "relu", got true'],
    [{ dense_act_fn: "silu" }, 'dense_act_fn: expected "relu" beside the feed_forward_proj "relu", got "silu"'],
    [{ feed_forward_proj: "gated-gelu", dense_act_fn: "gelu" }, 'dense_act_fn: expected "gelu_new" beside'],
    [{ hidden_size: 768 }, "hidden_size: expected 512, as d_model is, got 768"],
    [{ num_hidden_layers: 7 }, "num_hidden_layers: expected 6, as num_layers is, got 7"],
    [{ num_attention_heads: 1 }, "num_attention_heads: expected 8, as num_heads is, got 1"],
    [{ head_dim: 32 }, "head_dim: expected 64, as d_kv is, got 32"],
    [{ quantization_config: { load_in_8bit: true } }, "quantization_config: expected none, as quantized weights"],
    [{ encoder_attention_type: "local" }, "encoder_attention_type: expected none, as LongT5's attention"],
    [{ pruned_heads: { 1: [0] } }, "pruned_heads: expected none, as pruned heads"],
    [{ tie_encoder_decoder: true }, "tie_encoder_decoder: expected false"],
    [
      { model_type: "switch_transformers" },
      'model_type: expected one of "t5", "mt5", "umt5", got "switch_transformers"',
    ],
    [
      { classifiers: { "a.b": { of: "tokens", num_labels: 2 } } },
      'classifiers: expected a name without dots, got "a.b"',
    ],
  ])("names the field that it can't accept: %j", (change, complaint) => {
    expect(() => parseT5Config({ ...T5_SMALL_JSON, ...change })).toThrow(`parseT5Config: ${complaint}`);
  });

  it("refuses what isn't an object", () => {
    expect(() => parseT5Config([])).toThrow(new TypeError("parseT5Config: expected an object, got []"));
    expect(() => parseT5Config(null)).toThrow(new TypeError("parseT5Config: expected an object, got null"));
  });
});

describe("unknownConfigFields", () => {
  it("lists none of a published file", () => {
    for (const json of [T5_SMALL_JSON, FLAN_T5_BASE_JSON, MT5_SMALL_JSON, UMT5_SMALL_JSON, BYT5_SMALL_JSON]) {
      expect(unknownConfigFields(json)).toEqual([]);
    }
  });

  it("lists what nobody knows, with the nearest known field", () => {
    expect(unknownConfigFields({ ...T5_SMALL_JSON, dmodel: 64, num_layer: 2, mood: "good" })).toEqual([
      { field: "dmodel", closest: "d_model" },
      { field: "num_layer", closest: "num_layers" },
      { field: "mood" },
    ]);
  });

  it("lists of a file of ours what transformers alone knows, too", () => {
    expect(unknownConfigFields({ ...T5_SMALL_JSON, use_cache: true }, true)).toContainEqual({ field: "use_cache" });
  });
});

describe("formatT5Config", () => {
  it.each<[string, T5Config]>([
    ...Object.entries(VARIANTS),
    ["T5_SMALL", T5_SMALL],
    ["DESCRIBED_TINY", DESCRIBED_TINY],
  ])("writes what parseT5Config reads back: %s", (_, config) => {
    expect(parseT5Config(JSON.parse(JSON.stringify(formatT5Config(config))))).toEqual(config);
  });

  it("writes the fields that transformers reads, and none of ours for a published model", () => {
    const { architectures, model_type, is_encoder_decoder, ...fields } = formatT5Config(T5_1_1_SMALL);
    expect({ architectures, model_type, is_encoder_decoder }).toEqual({
      architectures: ["T5ForConditionalGeneration"],
      model_type: "t5",
      is_encoder_decoder: true,
    });
    const theirs = [...Object.keys(T5_1_1_SMALL_JSON), "relative_attention_max_distance", "scale_decoder_outputs"];
    expect(Object.keys(fields).filter((field) => !theirs.includes(field))).toEqual([]);
  });

  it("keeps the name of an mT5, but where transformers would pass over its scaling", () => {
    const config = parseT5Config(MT5_SMALL_JSON);
    expect(formatT5Config(config)).toMatchObject({
      architectures: ["MT5ForConditionalGeneration"],
      model_type: "mt5",
      tie_word_embeddings: false,
      scale_decoder_outputs: false,
    });
    expect(formatT5Config({ ...config, scaleDecoderOutputs: true })).toMatchObject({ model_type: "t5" });
    expect(parseT5Config(formatT5Config(config))).toEqual(config);
  });

  it("calls a model with a bias in every layer a UMT5", () => {
    expect(formatT5Config(VARIANTS["published, biases in every layer"]!)).toMatchObject({
      architectures: ["UMT5ForConditionalGeneration"],
      model_type: "umt5",
    });
  });
});

describe("hasHuggingFaceNames", () => {
  it("is false for whatever Hugging Face's T5 doesn't have", () => {
    expect(hasHuggingFaceNames(TINY)).toBe(true);
    expect(hasHuggingFaceNames(VARIANTS["published, biases in every layer"]!)).toBe(true);
    const departures: Partial<T5Config>[] = [
      { embeddingMlp: { dEmbedding: 8, dHidden: 8 } },
      { positions: { kind: "sinusoidal", layout: "dimensions" } },
      { decoderAttention: "merged" },
      { headRegions: { kind: "parts" } },
      { headMerge: "sum" },
    ];
    for (const departure of departures) expect(hasHuggingFaceNames({ ...TINY, ...departure })).toBe(false);
  });
});
