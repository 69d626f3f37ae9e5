import { createRng } from "@t5ts/random";
import { mapTree, randomNormal, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { T5Config } from "../config.js";
import { initT5, type T5Model } from "../params.js";
import { DESCRIBED, T5_TINY } from "../presets.js";

/** The smallest T5 that the tests run on. No two sizes are equal, so that a mistaken one can't pass. */
export const TINY: T5Config = {
  ...T5_TINY,
  vocabSize: 13,
  dModel: 8,
  dKv: 3,
  dFf: 10,
  numLayers: 2,
  numDecoderLayers: 3,
  numHeads: 2,
  positions: { kind: "relative", numBuckets: 6, maxDistance: 9, inEveryLayer: false },
};

const GATED: T5Config = {
  ...TINY,
  feedForwardProj: "gated-gelu",
  tieWordEmbeddings: false,
  scaleDecoderOutputs: false,
};

const OURS: T5Config = { ...TINY, ...DESCRIBED, embeddingMlp: { dEmbedding: 5, dHidden: 7 } };

/** Between them, every choice that a configuration offers. */
export const VARIANTS: Readonly<Record<string, T5Config>> = {
  "published, relu and a tied table": TINY,
  "published, gated gelu and an output layer": GATED,
  "published, biases in every layer": {
    ...GATED,
    positions: { kind: "relative", numBuckets: 6, maxDistance: 9, inEveryLayer: true },
  },
  "described, merged attention and the mean of heads": OURS,
  "described, cross attention and the sum of heads, sinusoids over positions": {
    ...OURS,
    decoderAttention: "cross",
    headMerge: "sum",
    positions: { kind: "sinusoidal", layout: "positions" },
  },
  "merged attention with relative biases, a tied table with a perceptron": {
    ...TINY,
    decoderAttention: "merged",
    embeddingMlp: { dEmbedding: 8, dHidden: 7 },
  },
  "heads that see a part each": { ...OURS, headRegions: { kind: "parts" } },
  "heads that see windows": { ...OURS, headRegions: { kind: "windows", radius: [1, 3] } },
  "task layers and classifiers": {
    ...TINY,
    taskLayers: {
      translate: { kind: "identity" },
      rank: { kind: "linear" },
      summarize: { kind: "adapter", dBottleneck: 4 },
      tag: { kind: "block" },
    },
    classifiers: { nextSentence: { of: "sequence", numLabels: 2 }, entities: { of: "tokens", numLabels: 4 } },
  },
};

/**
 * A model whose every parameter is away from where it starts: weights that start at 0 or 1 would let mistakes pass.
 *
 * @param spread Of what is added: above 0.5, attention is far from uniform.
 */
export function randomModel(config: T5Config, seed = 0, spread = 0.3): T5Model {
  const rng = createRng(seed);
  const params = tidy(() =>
    mapTree((leaf) => tf.add(leaf, randomNormal(rng, leaf.shape, spread)), initT5(rng, config)),
  );
  return { config, params };
}

/** int32 ids, or a mask. */
export function ids(rows: number[][]): tf.Tensor2D {
  return tf.tensor2d(rows, [rows.length, rows[0]?.length ?? 0], "int32");
}
