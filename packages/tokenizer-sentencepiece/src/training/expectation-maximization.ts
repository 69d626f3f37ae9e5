import type { Turns } from "../turns.js";
import type { ScoredTexts } from "./seed-pieces.js";
import { TrainingLattice } from "./training-lattice.js";
import type { CountedTexts } from "./training-sentences.js";

/** A piece that is expected less often is dropped. */
const LEAST_EXPECTED = 0.5;

/**
 * One round of expectation maximization: how often each piece is expected in the texts, then its new probability.
 *
 * The new scores are digamma(count) − digamma(sum), a Bayesian form that makes rare pieces rarer.
 *
 * @returns The pieces that are left, and the mean over the texts of minus the logarithm of their probability.
 */
export async function reestimate(
  pieces: ScoredTexts,
  corpus: CountedTexts,
  turns: Turns,
): Promise<{ pieces: ScoredTexts; objective: number }> {
  const lattice = new TrainingLattice(pieces);
  const expected = new Float64Array(pieces.texts.length);
  let objective = 0;
  let total = 0;
  for (let i = 0, start = 0; i < corpus.ends.length; start = corpus.ends[i++]!) {
    lattice.set(corpus.bytes, start, corpus.ends[i]!);
    objective -= lattice.addExpected(expected, corpus.counts[i]!) * corpus.counts[i]!;
    total += corpus.counts[i]!;
    if (turns.isOver()) await turns.next();
  }
  const kept = [...expected.keys()].filter((piece) => expected[piece]! >= LEAST_EXPECTED);
  const sum = digamma(kept.reduce((sum, piece) => sum + expected[piece]!, 0));
  return {
    pieces: {
      texts: kept.map((piece) => pieces.texts[piece]!),
      scores: Float64Array.from(kept, (piece) => digamma(expected[piece]!) - sum),
    },
    objective: objective / total,
  };
}

/** The derivative of the logarithm of the gamma function, by its asymptotic series. */
export function digamma(x: number): number {
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  x -= 1 / 2;
  const square = 1 / (x * x);
  const fourth = square * square;
  return (
    result +
    Math.log(x) +
    square / 24 -
    (7 / 960) * fourth +
    (31 / 8064) * fourth * square -
    (127 / 30720) * fourth * fourth
  );
}
