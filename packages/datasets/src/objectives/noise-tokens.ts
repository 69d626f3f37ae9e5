import type { Rng } from "@t5ts/random";
import type { NoiseMask } from "./noise-mask.js";

/** `ids` with each noise token replaced by `sentinelId`. */
export function noiseTokenToSentinel(ids: readonly number[], mask: NoiseMask, sentinelId: number): number[] {
  return ids.map((id, i) => (mask[i] ? sentinelId : id));
}

/** `ids` with each run of noise tokens replaced by one `sentinelId`. */
export function noiseSpanToSentinel(ids: readonly number[], mask: NoiseMask, sentinelId: number): number[] {
  return noiseTokenToSentinel(ids, mask, sentinelId).filter((_, i) => !(mask[i] && mask[i - 1]));
}

/** `ids` with each run of kept tokens replaced by one `sentinelId`. */
export function nonnoiseSpanToSentinel(ids: readonly number[], mask: NoiseMask, sentinelId: number): number[] {
  return noiseSpanToSentinel(ids, inverted(mask), sentinelId);
}

/**
 * `ids` with the first run of noise tokens replaced by the first of `sentinelIds`, the second by the second, and so on.
 *
 * @throws RangeError if there are more runs than sentinels. (T5 goes on into ordinary pieces.)
 */
export function noiseSpanToUniqueSentinel(
  ids: readonly number[],
  mask: NoiseMask,
  sentinelIds: readonly number[],
): number[] {
  const result: number[] = [];
  let numSpans = 0;
  for (const [i, id] of ids.entries()) {
    if (!mask[i]) result.push(id);
    else if (!mask[i - 1]) {
      const sentinelId = sentinelIds[numSpans++];
      if (sentinelId === undefined) {
        throw new RangeError(
          `noiseSpanToUniqueSentinel: expected at most ${sentinelIds.length} spans, one for each sentinel, ` +
            "got more; use shorter texts, longer spans or a vocabulary with more sentinels",
        );
      }
      result.push(sentinelId);
    }
  }
  return result;
}

/** The same for the runs of kept tokens: T5's targets. */
export function nonnoiseSpanToUniqueSentinel(
  ids: readonly number[],
  mask: NoiseMask,
  sentinelIds: readonly number[],
): number[] {
  return noiseSpanToUniqueSentinel(ids, inverted(mask), sentinelIds);
}

/** The kept tokens. */
export function dropNoiseTokens(ids: readonly number[], mask: NoiseMask): number[] {
  return ids.filter((_, i) => !mask[i]);
}

/** The noise tokens. */
export function dropNonnoiseTokens(ids: readonly number[], mask: NoiseMask): number[] {
  return ids.filter((_, i) => mask[i]);
}

/** `ids` with the noise tokens in a random order among their places. */
export function permuteNoiseTokens(ids: readonly number[], mask: NoiseMask, rng: Rng): number[] {
  const noise = rng.shuffle(dropNonnoiseTokens(ids, mask));
  let next = 0;
  return ids.map((id, i) => (mask[i] ? noise[next++]! : id));
}

/** `ids` with each noise token replaced by a random token of the same text. */
export function noiseTokenToGatheredToken(ids: readonly number[], mask: NoiseMask, rng: Rng): number[] {
  return ids.map((id, i) => (mask[i] ? ids[rng.integer(ids.length)]! : id));
}

/** The ids from which a random token is drawn: `lowest` to `highest`, both included. */
export type RandomIds = { lowest: number; highest: number };

/** T5's: all but pad, end and unknown; sentinels too. */
export function t5RandomIds(vocabSize: number): RandomIds {
  return { lowest: 3, highest: vocabSize - 1 };
}

/** `ids` with each noise token replaced by a random one of the vocabulary. */
export function noiseTokenToRandomToken(
  ids: readonly number[],
  mask: NoiseMask,
  randomIds: RandomIds,
  rng: Rng,
): number[] {
  return ids.map((id, i) => (mask[i] ? drawId(randomIds, rng) : id));
}

/** `ids` with each noise token replaced, with probability `randomProbability`, by a random one, else by the sentinel. */
export function noiseTokenToRandomTokenOrSentinel(
  ids: readonly number[],
  mask: NoiseMask,
  options: { randomProbability: number; randomIds: RandomIds; sentinelId: number },
  rng: Rng,
): number[] {
  const { randomProbability, randomIds, sentinelId } = options;
  return ids.map((id, i) => {
    if (!mask[i]) return id;
    return rng.uniform() < randomProbability ? drawId(randomIds, rng) : sentinelId;
  });
}

/** A random id. */
export function drawId({ lowest, highest }: RandomIds, rng: Rng): number {
  return lowest + rng.integer(highest - lowest + 1);
}

function inverted(mask: NoiseMask): NoiseMask {
  return mask.map((isNoise) => !isNoise);
}
