import type { Rng } from "@t5ts/random";

/** `ids` cut into pieces of `length`; the last one may be shorter. No ids give no pieces. */
export function splitTokens(ids: readonly number[], length: number): number[][] {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`splitTokens: length: expected an integer from 1, got ${length}`);
  }
  const pieces: number[][] = [];
  for (let start = 0; start < ids.length; start += length) pieces.push(ids.slice(start, start + length));
  return pieces;
}

/** The same with a length drawn once from `minLength` to `maxLength`, short ones more often (log-uniformly). */
export function splitTokensRandomly(
  ids: readonly number[],
  { minLength, maxLength }: { minLength: number; maxLength: number },
  rng: Rng,
): number[][] {
  const logLength = Math.log(minLength) + rng.uniform() * (Math.log(maxLength) - Math.log(minLength));
  // Against a rounding of exp(log(minLength)) below minLength.
  return splitTokens(ids, Math.max(minLength, Math.floor(Math.exp(logLength))));
}

/** One piece of at most `length`, each of the pieces that `splitTokens` gives being equally likely. */
export function selectRandomChunk(ids: readonly number[], length: number, rng: Rng): number[] {
  const start = length * rng.integer(Math.max(1, Math.ceil(ids.length / length)));
  return ids.slice(start, start + length);
}

/** The last `length` - 1 ids: room is left for an end mark. */
export function trimTokensAtFront(ids: readonly number[], length: number): number[] {
  return length > 1 ? ids.slice(-(length - 1)) : [];
}

/**
 * Joins the ids of `groupSize` examples in a row into one list, so that cutting it makes pieces without padding.
 *
 * Padding is stripped by value, wherever it stands: an id equal to `padId` within a text is lost.
 */
export function concatTokens(
  examples: readonly (readonly number[])[],
  { groupSize = 128, padId = 0 }: { groupSize?: number; padId?: number } = {},
): number[][] {
  if (!Number.isInteger(groupSize) || groupSize < 1) {
    throw new RangeError(`concatTokens: groupSize: expected an integer from 1, got ${groupSize}`);
  }
  const groups: number[][] = [];
  for (let start = 0; start < examples.length; start += groupSize) {
    groups.push(examples.slice(start, start + groupSize).flatMap((ids) => ids.filter((id) => id !== padId)));
  }
  return groups;
}
