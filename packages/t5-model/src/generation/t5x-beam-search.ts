import {
  type BeamOptions,
  type BeamSearch,
  type BeamStep,
  type Hypothesis,
  type ScoreRow,
  sortBestFirst,
} from "./beam-search.js";
import { LiveBeams } from "./live-beams.js";

/**
 * Beam search as T5X does it: the best `numBeams` live and the best `numBeams` ended sequences are kept apart; scores
 * are divided by `t5xLengthPenalty` of the length with the end token. Ends when no live beam can beat the ended ones.
 */
export class T5xBeamSearch implements BeamSearch {
  readonly #options: BeamOptions;
  readonly #maxLength: number;
  readonly #live: LiveBeams;
  #ended: Hypothesis[] = [];
  #length: number;

  constructor(options: BeamOptions) {
    this.#options = options;
    const { prompt = [], maxNewTokens } = options;
    this.#live = new LiveBeams(options);
    this.#length = prompt.length;
    this.#maxLength = prompt.length + maxNewTokens;
  }

  get isDone(): boolean {
    const { numBeams, lengthPenalty } = this.#options;
    if (this.#length >= this.#maxLength || this.#live.isEmpty) return true;
    if (this.#ended.length < numBeams) return false;
    const penalty = t5xLengthPenalty(this.#maxLength, lengthPenalty);
    const bestLive = this.#live.bestScore / penalty;
    return (this.#ended.at(-1)?.score ?? Number.NEGATIVE_INFINITY) > bestLive;
  }

  advance(rows: readonly ScoreRow[]): BeamStep {
    const { numBeams, eosTokenId, lengthPenalty } = this.#options;
    this.#length++;
    const candidates = this.#live.candidates(rows, "worse beam");
    const penalty = t5xLengthPenalty(this.#length, lengthPenalty);
    const ended = candidates
      .filter(({ token }) => token === eosTokenId)
      .map((candidate) => ({ ids: this.#live.idsOf(candidate), score: candidate.score / penalty }));
    this.#ended = sortBestFirst([...this.#ended, ...ended]).slice(0, numBeams);
    return this.#live.advance(candidates);
  }

  /** Gives the live beams with their scores as they are, if nothing ended. */
  best(count: number): Hypothesis[] {
    return (this.#ended.length > 0 ? this.#ended : this.#live.all).slice(0, count);
  }
}

/** ((5 + length) / 6)^α, the penalty of Wu et al. 2016 that T5X divides log probabilities by. */
export function t5xLengthPenalty(length: number, alpha: number): number {
  return ((5 + length) / 6) ** alpha;
}
