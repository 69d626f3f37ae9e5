import type { Rng } from "@t5ts/random";
import type { Seq2SeqExample } from "../seq2seq-example.js";
import { type NoiseMask, randomSpansNoiseMask, type SpanNoise } from "./noise-mask.js";
import { noiseSpanToUniqueSentinel } from "./noise-tokens.js";
import { roundHalfToEven } from "./round-half-to-even.js";

export type SpanCorruptionOptions = SpanNoise & {
  /** The sentinels, in the order of their use; `t5SentinelIds` for T5's vocabulary. */
  sentinelIds: readonly number[];
  /** The end mark that closes inputs and targets. */
  endId: number;
  /** Whether spans may be anywhere; see `randomSpansNoiseMask`. Advised; T5 has false. */
  roll: boolean;
};

/** The hundred sentinels on top of T5's vocabulary: `<extra_id_0>` is its last id, and they go down from there. */
export function t5SentinelIds(vocabSize = 32100, numSentinels = 100): number[] {
  return Array.from({ length: numSentinels }, (_, i) => vocabSize - 1 - i);
}

/**
 * Replaces random spans of `ids` by sentinels, and lists the spans as the target.
 *
 * Thank you for inviting me to your party → inputs  Thank you <0> me to <1> party </s>
 *                                           targets <0> for inviting <1> your </s>
 *
 * A sentinel means the same gap on both sides, wherever the mask begins, and no sentinel closes the targets. Without
 * `roll` that's what T5 makes; a rolled mask can begin with noise, and there T5's targets begin without a sentinel and
 * pair with the wrong gaps. Spans are fewer, and longer, if the sentinels don't suffice.
 *
 * Undefined if `ids` has fewer than 2 tokens: then there's none to keep or none to hide.
 *
 * @throws RangeError if there are fewer than 2 sentinels.
 *
 * Raffel et al. 2020, section 3.3.4.
 */
export function spanCorruption(
  ids: readonly number[],
  options: SpanCorruptionOptions,
  rng: Rng,
): Seq2SeqExample | undefined {
  const { sentinelIds, endId, roll } = options;
  if (sentinelIds.length < 2) {
    throw new RangeError(`spanCorruption: sentinelIds: expected at least 2 sentinels, got ${sentinelIds.length}`);
  }
  if (ids.length < 2) return undefined;
  // A span that the rolled mask cuts at the end of the text needs two sentinels.
  const maxSpans = roll ? sentinelIds.length - 1 : sentinelIds.length;
  const mask = randomSpansNoiseMask(ids.length, { ...options, maxSpans }, rng);
  return {
    inputIds: [...noiseSpanToUniqueSentinel(ids, mask, sentinelIds), endId],
    labels: [...hiddenSpans(ids, mask, sentinelIds), endId],
  };
}

/** The runs of noise tokens, each after its sentinel. */
function hiddenSpans(ids: readonly number[], mask: NoiseMask, sentinelIds: readonly number[]): number[] {
  let numSpans = 0;
  return ids.flatMap((id, i) => {
    if (!mask[i]) return [];
    return mask[i - 1] ? [id] : [sentinelIds[numSpans++]!, id];
  });
}

export type SpanCorruptionPlan = SpanNoise & {
  /** The wished length of the inputs, end mark included. */
  inputLength: number;
  /** How many sentinels stand for a span in the inputs and in the targets: 1 unless said. */
  sentinelsPerSpan?: { inputs: number; targets: number };
  /** Whether masks are rolled: then a place is kept free on both sides, for a span cut by the end of the text. */
  roll: boolean;
};

/**
 * How long the raw text may be so that, corrupted, it fills `inputLength` without padding, and how long its targets
 * get, end marks included. T5's 512 takes 568 tokens and has 114 targets.
 */
export function planSpanCorruption(plan: SpanCorruptionPlan): { rawLength: number; targetLength: number } {
  const { noiseDensity, meanNoiseSpanLength, sentinelsPerSpan = { inputs: 1, targets: 1 }, roll } = plan;
  const inputLength = plan.inputLength - (roll ? sentinelsPerSpan.inputs : 0);
  if (inputLength < 2) {
    throw new RangeError(`planSpanCorruption: inputLength: expected at least ${roll ? 3 : 2}, got ${plan.inputLength}`);
  }
  // In float64, as in T5's planning; only its masks are in float32.
  const lengths = (rawLength: number) => {
    const numNoise = roundHalfToEven(rawLength * noiseDensity);
    const numSpans = roundHalfToEven(numNoise / meanNoiseSpanLength);
    return {
      inputs: rawLength - numNoise + numSpans * sentinelsPerSpan.inputs + 1,
      targets: numNoise + numSpans * sentinelsPerSpan.targets + 1,
    };
  };
  let rawLength = inputLength - 1;
  while (lengths(rawLength + 1).inputs <= inputLength) rawLength++;
  let { inputs, targets } = lengths(rawLength);
  // At one half both sides have the same length but for rounding; T5 takes the one that was asked for.
  if (noiseDensity === 0.5 && targets > inputs) {
    rawLength--;
    targets--;
  }
  return { rawLength, targetLength: targets + (roll ? sentinelsPerSpan.targets : 0) };
}
