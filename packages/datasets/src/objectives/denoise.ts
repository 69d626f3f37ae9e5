import type { Rng } from "@t5ts/random";
import type { Seq2SeqExample } from "../seq2seq-example.js";
import type { NoiseMask } from "./noise-mask.js";
import { randomPrefixNoiseMask } from "./noise-mask.js";
import { dropNoiseTokens, dropNonnoiseTokens, permuteNoiseTokens } from "./noise-tokens.js";

/**
 * An objective that hides tokens, in three parts: which (`mask`), what the model sees of them (`inputs`) and what it
 * has to write (`targets`).
 *
 * T5's baseline, with `iid` noise: inputs `noiseSpanToUniqueSentinel`, targets `nonnoiseSpanToUniqueSentinel`;
 * BERT's style: inputs `noiseTokenToRandomTokenOrSentinel`, targets the whole text; MASS's: inputs
 * `noiseTokenToSentinel`, targets the whole text; dropped tokens: `dropNoiseTokens` and `dropNonnoiseTokens`.
 */
export type Denoising = {
  mask: (length: number, rng: Rng) => NoiseMask;
  inputs: (ids: readonly number[], mask: NoiseMask, rng: Rng) => number[];
  targets: (ids: readonly number[], mask: NoiseMask, rng: Rng) => number[];
};

/**
 * Makes an example of `ids` as the objective says; the end mark is appended to both sides.
 *
 * Raffel et al. 2020, section 3.3.
 */
export function denoise(ids: readonly number[], objective: Denoising, endId: number, rng: Rng): Seq2SeqExample {
  const mask = objective.mask(ids.length, rng.fork("mask"));
  return {
    inputIds: [...objective.inputs(ids, mask, rng.fork("inputs")), endId],
    labels: [...objective.targets(ids, mask, rng.fork("targets")), endId],
  };
}

/** A target that is the text itself, for `Denoising`. */
export function wholeText(ids: readonly number[]): number[] {
  return [...ids];
}

/** Nothing is given; the whole text is to be written. */
export const LANGUAGE_MODEL: Denoising = {
  mask: (length) => new Array<boolean>(length).fill(true),
  inputs: dropNoiseTokens,
  targets: wholeText,
};

/** The text is cut at a random place; the beginning is given, the end is to be written. */
export const PREFIX_LM: Denoising = {
  mask: randomPrefixNoiseMask,
  inputs: dropNonnoiseTokens,
  targets: dropNoiseTokens,
};

/** The tokens are in a random order, and are to be put in the right one. Liu et al. 2019. */
export const DESHUFFLING: Denoising = {
  mask: (length) => new Array<boolean>(length).fill(true),
  inputs: permuteNoiseTokens,
  targets: wholeText,
};
