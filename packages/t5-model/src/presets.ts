import type { T5Config } from "./config.js";

/** T5 v1.0 of 60 million parameters. Raffel et al. 2020. */
export const T5_SMALL: T5Config = {
  vocabSize: 32128,
  dModel: 512,
  dKv: 64,
  dFf: 2048,
  numLayers: 6,
  numDecoderLayers: 6,
  numHeads: 8,
  feedForwardProj: "relu",
  dropoutRate: 0.1,
  layerNormEpsilon: 1e-6,
  tieWordEmbeddings: true,
  scaleDecoderOutputs: true,
  sharesEmbedding: true,
  positions: { kind: "relative", numBuckets: 32, maxDistance: 128, inEveryLayer: false },
  decoderAttention: "cross",
  headRegions: { kind: "whole" },
  headMerge: "concat",
  taskLayers: {},
  classifiers: {},
  padTokenId: 0,
  eosTokenId: 1,
  decoderStartTokenId: 0,
};

export const T5_BASE: T5Config = {
  ...T5_SMALL,
  dModel: 768,
  dFf: 3072,
  numLayers: 12,
  numDecoderLayers: 12,
  numHeads: 12,
};
export const T5_LARGE: T5Config = {
  ...T5_BASE,
  dModel: 1024,
  dFf: 4096,
  numLayers: 24,
  numDecoderLayers: 24,
  numHeads: 16,
};
export const T5_3B: T5Config = { ...T5_LARGE, dKv: 128, dFf: 16384, numHeads: 32 };
export const T5_11B: T5Config = { ...T5_3B, dFf: 65536, numHeads: 128 };

/** T5 v1.1, and Flan-T5: gated GELU, an output layer of its own. Note 6 · 64 = 384 wide heads at dModel 512. */
export const T5_1_1_SMALL: T5Config = {
  ...T5_SMALL,
  dFf: 1024,
  numLayers: 8,
  numDecoderLayers: 8,
  numHeads: 6,
  feedForwardProj: "gated-gelu",
  tieWordEmbeddings: false,
  scaleDecoderOutputs: false,
};

export const T5_1_1_BASE: T5Config = {
  ...T5_1_1_SMALL,
  dModel: 768,
  dFf: 2048,
  numLayers: 12,
  numDecoderLayers: 12,
  numHeads: 12,
};
export const T5_1_1_LARGE: T5Config = {
  ...T5_1_1_BASE,
  dModel: 1024,
  dFf: 2816,
  numLayers: 24,
  numDecoderLayers: 24,
  numHeads: 16,
};
export const T5_1_1_XL: T5Config = { ...T5_1_1_LARGE, dModel: 2048, dFf: 5120, numHeads: 32 };
export const T5_1_1_XXL: T5Config = { ...T5_1_1_XL, dModel: 4096, dFf: 10240, numHeads: 64 };

/** The published architecture at a size that trains on a laptop in minutes. */
export const T5_TINY: T5Config = {
  ...T5_SMALL,
  vocabSize: 4096,
  dModel: 128,
  dKv: 32,
  dFf: 512,
  numLayers: 4,
  numDecoderLayers: 4,
  numHeads: 4,
};

/**
 * What the design that this project describes does otherwise than the published T5: merged attention, heads that are
 * averaged, an embedding with a perceptron and weighted sinusoids, nothing shared between encoder and decoder.
 */
export const DESCRIBED: Pick<
  T5Config,
  | "decoderAttention"
  | "headMerge"
  | "positions"
  | "embeddingMlp"
  | "sharesEmbedding"
  | "tieWordEmbeddings"
  | "scaleDecoderOutputs"
> = {
  decoderAttention: "merged",
  headMerge: "mean",
  positions: { kind: "sinusoidal", layout: "dimensions" },
  embeddingMlp: { dEmbedding: 128, dHidden: 256 },
  sharesEmbedding: false,
  tieWordEmbeddings: false,
  scaleDecoderOutputs: false,
};

/** The described architecture at a size that trains on a laptop in minutes. */
export const DESCRIBED_TINY: T5Config = { ...T5_TINY, ...DESCRIBED };
