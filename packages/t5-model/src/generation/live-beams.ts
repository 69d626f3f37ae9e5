import type { BeamOptions, BeamStep, Hypothesis, ScoreRow } from "./beam-search.js";

/** A live beam's next token, and the sum of log probabilities with it. */
type Candidate = { parent: number; token: number; score: number };

/** The beams of one search that haven't ended, best first: they begin as one, with the prompt. */
export class LiveBeams {
  readonly #numBeams: number;
  readonly #eosTokenId: number;
  #beams: Hypothesis[];

  constructor({ numBeams, eosTokenId, prompt = [] }: BeamOptions) {
    this.#numBeams = numBeams;
    this.#eosTokenId = eosTokenId;
    this.#beams = [{ ids: [...prompt], score: 0 }];
  }

  get all(): readonly Hypothesis[] {
    return this.#beams;
  }

  get isEmpty(): boolean {
    return this.#beams.length === 0;
  }

  get bestScore(): number {
    return this.#beams[0]?.score ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Finds the best `2 · numBeams` continuations, best first, so that `numBeams` stay alive if as many end.
   *
   * @param preferred Which beam's comes first of equals: T5X and Hugging Face differ.
   */
  candidates(rows: readonly ScoreRow[], preferred: "better beam" | "worse beam"): Candidate[] {
    const order = [...this.#beams.keys()];
    if (preferred === "worse beam") order.reverse();
    return bestCandidates(rows, this.#beams, order, 2 * this.#numBeams);
  }

  /** Gives the sequence that a candidate makes. */
  idsOf({ parent, token }: Candidate): number[] {
    return [...(this.#beams[parent]?.ids ?? []), token];
  }

  /** Goes on with the best `numBeams` candidates that are no ends. */
  advance(candidates: readonly Candidate[]): BeamStep {
    const alive = candidates.filter(({ token }) => token !== this.#eosTokenId).slice(0, this.#numBeams);
    this.#beams = alive.map((candidate) => ({ ids: this.idsOf(candidate), score: candidate.score }));
    return { parents: alive.map(({ parent }) => parent), tokens: alive.map(({ token }) => token) };
  }

  clear(): void {
    this.#beams = [];
  }
}

/** A log probability that stands for -∞, as in T5X: such a token is never taken, not even for lack of another. */
const IMPOSSIBLE = -1e7;

/**
 * Finds the `count` best continuations of the live beams, best first; of equals, that of the beam earlier in `order`.
 *
 * @throws RangeError if a score isn't a number: such tokens would be left out, and nothing found.
 */
function bestCandidates(
  rows: readonly ScoreRow[],
  live: readonly Hypothesis[],
  order: readonly number[],
  count: number,
): Candidate[] {
  const best: Candidate[] = [];
  for (const parent of order) {
    const { scores, tokens, logZ } = rows[parent] as ScoreRow;
    const offset = (live[parent] as Hypothesis).score - logZ;
    for (let i = 0; i < scores.length; i++) {
      const score = (scores[i] as number) + offset;
      const last = best[count - 1];
      if (last !== undefined && score <= last.score) continue;
      if (Number.isNaN(score)) {
        throw new RangeError(`BeamSearch: expected scores that are numbers, got NaN for token ${i} of beam ${parent}`);
      }
      if (score <= IMPOSSIBLE) continue;
      let at = best.length;
      while (at > 0 && (best[at - 1] as Candidate).score < score) at--;
      best.splice(at, 0, { parent, token: tokens?.[i] ?? i, score });
      if (best.length > count) best.pop();
    }
  }
  return best;
}
