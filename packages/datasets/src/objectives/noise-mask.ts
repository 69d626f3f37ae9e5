import type { Rng } from "@t5ts/random";
import { roundHalfToEven } from "./round-half-to-even.js";

/** Which tokens are noise, that is, to be hidden. */
export type NoiseMask = boolean[];

/** How many tokens to hide, and in how many spans. */
export type NoiseCounts = { numNoiseTokens: number; numNoiseSpans: number };

export type SpanNoise = {
  /** Fraction of the tokens to hide, from 0 to below 1. */
  noiseDensity: number;
  /** Mean number of tokens of a hidden span. */
  meanNoiseSpanLength: number;
};

/** T5's: 15% of the tokens, in spans of 3. */
export const T5_SPAN_NOISE: SpanNoise = { noiseDensity: 0.15, meanNoiseSpanLength: 3 };

/**
 * What T5 hides of a text of `length` tokens: at least one token, never all; at least one span, and no more than leave
 * a kept token before each.
 *
 * Raffel et al. 2020, section 3.3.4; the cap on the spans is ours: T5 fails where they don't fit.
 */
export function noiseCounts(length: number, { noiseDensity, meanNoiseSpanLength }: SpanNoise): NoiseCounts {
  checkNoise({ noiseDensity, meanNoiseSpanLength });
  const n = Math.max(length, 2);
  // T5 multiplies in float32: at density 0.15, 39 lengths up to 4096 differ from float64 (190 tokens: 29, not 28).
  const product = Math.fround(Math.fround(n) * Math.fround(noiseDensity));
  const numNoiseTokens = Math.min(Math.max(roundHalfToEven(product), 1), n - 1);
  const spans = Math.max(1, roundHalfToEven(Math.fround(numNoiseTokens / Math.fround(meanNoiseSpanLength))));
  return { numNoiseTokens, numNoiseSpans: Math.min(spans, numNoiseTokens, n - numNoiseTokens) };
}

export type SpanMaskOptions = SpanNoise & {
  /**
   * Whether the mask is shifted round by a random offset. Without it a mask begins kept and ends in noise, so that of a
   * text with one span, about 30 tokens, always the end is hidden. T5's default is false.
   */
  roll: boolean;
  /** The most spans; a limit of sentinels. */
  maxSpans?: number;
};

/**
 * Hides spans of random lengths between kept spans of random lengths: each division into such spans is equally likely.
 *
 * Without `roll` it starts kept and ends in noise. Density 0 hides nothing.
 */
export function randomSpansNoiseMask(length: number, options: SpanMaskOptions, rng: Rng): NoiseMask {
  checkNoise(options);
  if (options.noiseDensity === 0 || length === 0) return new Array<boolean>(length).fill(false);
  const n = Math.max(length, 2);
  const { numNoiseTokens, numNoiseSpans } = noiseCounts(length, options);
  const numSpans = Math.min(numNoiseSpans, options.maxSpans ?? numNoiseSpans);
  const noise = randomSegmentation(numNoiseTokens, numSpans, rng);
  const kept = randomSegmentation(n - numNoiseTokens, numSpans, rng);
  const mask = spansToMask(kept, noise).slice(0, length);
  return options.roll ? rollMask(mask, rng.integer(length)) : mask;
}

/** Moves each place of a mask `offset` to the right, what leaves it at the end coming in at the front. */
export function rollMask(mask: NoiseMask, offset: number): NoiseMask {
  const { length } = mask;
  return mask.map((_, i) => mask[(((i - offset) % length) + length) % length]!);
}

/** The mask of spans laid out in turn: kept, noise, kept, noise, … */
export function spansToMask(keptLengths: readonly number[], noiseLengths: readonly number[]): NoiseMask {
  return keptLengths.flatMap((kept, i) => [
    ...new Array<boolean>(kept).fill(false),
    ...new Array<boolean>(noiseLengths[i] ?? 0).fill(true),
  ]);
}

/** Each token is noise with the same probability, independently. */
export function iidNoiseMask(length: number, noiseDensity: number, rng: Rng): NoiseMask {
  return Array.from({ length }, () => rng.uniform() < noiseDensity);
}

/** Spans of `spanLength` at equal distances, `period` from start to start; `offset` places of the first are cut off. */
export function regularNoiseMask(length: number, spanLength: number, period: number, offset: number): NoiseMask {
  return Array.from({ length }, (_, i) => (i + offset) % period < spanLength);
}

/** Spans of equal length at equal distances, both drawn: lengths from `minSpanLength` to `maxSpanLength`. */
export function randomRegularNoiseMask(
  length: number,
  { noiseDensity, minSpanLength, maxSpanLength }: RegularNoise,
  rng: Rng,
): NoiseMask {
  const spanLength = minSpanLength + rng.integer(maxSpanLength - minSpanLength + 1);
  const period = roundHalfToEven(Math.fround(spanLength / Math.fround(noiseDensity)));
  return regularNoiseMask(length, spanLength, period, rng.integer(period));
}

export type RegularNoise = { noiseDensity: number; minSpanLength: number; maxSpanLength: number };

/** The first tokens are noise, from one to all but one, each number equally likely. For prefix language models. */
export function randomPrefixNoiseMask(length: number, rng: Rng): NoiseMask {
  const prefix = length > 1 ? 1 + rng.integer(length - 1) : 0;
  return Array.from({ length }, (_, i) => i < prefix);
}

/** `numItems` divided into `numSegments` parts of at least 1, each division equally likely. */
function randomSegmentation(numItems: number, numSegments: number, rng: Rng): number[] {
  // Of the places between two items, numSegments - 1 are borders.
  const isBorder = rng.shuffle(Array.from({ length: numItems - 1 }, (_, i) => i < numSegments - 1));
  const lengths = [1];
  for (const border of isBorder) {
    if (border) lengths.push(1);
    else lengths[lengths.length - 1]!++;
  }
  return lengths;
}

function checkNoise({ noiseDensity, meanNoiseSpanLength }: SpanNoise): void {
  if (!(noiseDensity >= 0 && noiseDensity < 1)) {
    throw new RangeError(`noiseDensity: expected a number from 0 to below 1, got ${noiseDensity}`);
  }
  if (!(meanNoiseSpanLength > 0)) {
    throw new RangeError(`meanNoiseSpanLength: expected a number above 0, got ${meanNoiseSpanLength}`);
  }
}
