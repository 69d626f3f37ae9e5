import type { BlockOptions } from "@t5ts/layers";
import { Rng } from "@t5ts/random";
import type * as tf from "@tensorflow/tfjs-core";
import type { T5Config } from "./config.js";

/** Which attention some weights are of; `merged` looks at the input and at the decoder's past at once. */
export type AttentionPlace = { kind: "encoder" | "task" | "decoder" | "cross" | "merged"; layer: number };

export type PassOptions = {
  /** The source of dropout: training. Without it, none. */
  rng?: Rng;
  /** The task whose layer stands between encoder and decoder; none is passed by default. */
  task?: string;
  /** Is given every attention's weights [batch, heads, queryLength, keyLength], which are the watcher's to dispose. */
  watch?: (place: AttentionPlace, weights: tf.Tensor4D) => void;
};

/** What a pass over whole sequences, whose gradients may be asked for, is told as well. */
export type TrainingPassOptions = PassOptions & {
  /** Training in less memory: blocks run again in the backward pass instead of keeping what it needs. Default false. */
  recomputesBlocks?: boolean;
};

/** Makes a block's generator of dropout, the same each time: a block that runs again drops the same elements. */
export function replayed(rng: Rng | undefined): () => Rng | undefined {
  if (rng === undefined) return () => undefined;
  const { seed, stream } = rng.split();
  return () => new Rng(seed, stream);
}

/** What the blocks of one forward pass are told, at the place that is watched. */
export function blockOptions(config: T5Config, { rng, watch }: PassOptions, place: AttentionPlace): BlockOptions {
  const { numHeads, headMerge, feedForwardProj, dropoutRate, layerNormEpsilon } = config;
  return {
    numHeads,
    headMerge,
    activation: feedForwardProj,
    dropoutRate,
    layerNormEpsilon,
    rng,
    watch: watch === undefined ? undefined : (weights) => watch(place, weights),
  };
}
