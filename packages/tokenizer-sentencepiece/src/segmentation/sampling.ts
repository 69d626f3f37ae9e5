import { characterLength } from "../t5/utf8.js";
import { visitPieces } from "./lattice.js";
import { nBest, type ScoredPieces } from "./n-best.js";
import type { UnigramVocabulary } from "./unigram.js";

/** How the pieces of a text are drawn at random, to train on many spellings of it (subword regularization). */
export type Sampling = {
  /**
   * In a unigram model a text's pieces are drawn with a probability proportional to exp(alpha × score): 0 for all alike,
   * large for nearly always the best. In BPE, the probability to pass over a merge (BPE dropout).
   */
  readonly alpha: number;
  /** Numbers from 0 to below 1, such as those of a seeded generator. */
  readonly random: () => number;
  /** Draws from so many of the best only; from all by default. A unigram model only. */
  readonly nBest?: number | undefined;
};

/** Draws the pieces of a text. */
export function samplePieces(
  vocabulary: UnigramVocabulary,
  bytes: Uint8Array,
  length: number,
  { alpha, random, nBest: count }: Sampling,
): Omit<ScoredPieces, "score"> {
  if (!(alpha >= 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`encode: sampling.alpha: expected a number from 0, got ${alpha}`);
  }
  if (length === 0) return { ids: [], ends: [] };
  if (count !== undefined) {
    checkCount(count);
    return draw(nBest(vocabulary, bytes, length, count), ({ score }) => alpha * score, random);
  }

  // Backwards: of all ways to make the text from byte `i` on, the logarithm of the sum of exp(alpha × score).
  const rest = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  rest[length] = 0;
  for (const at of characterStarts(bytes, length).reverse()) {
    let sum = Number.NEGATIVE_INFINITY;
    visitPieces(vocabulary, bytes, at, length, (end, _id, score) => {
      sum = logAddExp(sum, alpha * score + rest[end]!);
    });
    rest[at] = sum;
  }
  // Forwards: the next piece, with the probability of what it leads to.
  const ids: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < length; ) {
    const choices: { end: number; id: number; weight: number }[] = [];
    visitPieces(vocabulary, bytes, at, length, (end, id, score) => {
      choices.push({ end, id, weight: alpha * score + rest[end]! });
    });
    const { id, end } = draw(choices, ({ weight }) => weight, random);
    ids.push(id);
    ends.push(end);
    at = end;
  }
  return { ids, ends };
}

function checkCount(count: number): void {
  if (Number.isInteger(count) && count > 0 && count <= MAX_N_BEST) return;
  throw new RangeError(`encode: sampling.nBest: expected an integer from 1 to ${MAX_N_BEST}, got ${count}`);
}

/** As SentencePiece. */
const MAX_N_BEST = 512;

function characterStarts(bytes: Uint8Array, length: number): number[] {
  const starts: number[] = [];
  for (let at = 0; at < length; at += characterLength(bytes[at]!)) starts.push(at);
  return starts;
}

/** One of `choices`, with a probability proportional to the exponential of its weight. */
function draw<T>(choices: readonly T[], weightOf: (choice: T) => number, random: () => number): T {
  const highest = Math.max(...choices.map(weightOf));
  const weights = choices.map((choice) => Math.exp(weightOf(choice) - highest));
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return choices[i]!;
  }
  return choices.at(-1)!; // rounding took the rest
}

function logAddExp(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}
