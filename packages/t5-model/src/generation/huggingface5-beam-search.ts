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
 * Beam search as Hugging Face does it since transformers 5: scores are divided by length^α, the length counting the
 * generated tokens alone, the end token among them and neither start token nor prompt. What isn't ended when the length
 * runs out counts as ended if it is among the best `numBeams`.
 *
 * transformers 5.18, `GenerationMixin._beam_search`.
 */
export class HuggingFace5BeamSearch implements BeamSearch {
  readonly #options: BeamOptions;
  readonly #live: LiveBeams;
  #ended: Hypothesis[] = [];
  /** Tokens generated so far. */
  #length = 0;
  #canImprove = true;

  constructor(options: BeamOptions) {
    this.#options = options;
    this.#live = new LiveBeams(options);
  }

  get isDone(): boolean {
    const isCutShort = this.#length >= this.#options.maxNewTokens || this.#live.isEmpty;
    return isCutShort || !this.#canImprove || this.#isFull;
  }

  /** Whether early stopping closes the search. */
  get #isFull(): boolean {
    return this.#options.isEarlyStopping && this.#ended.length >= this.#options.numBeams;
  }

  advance(rows: readonly ScoreRow[]): BeamStep {
    const { numBeams, maxNewTokens, eosTokenId, lengthPenalty } = this.#options;
    const candidates = this.#live.candidates(rows, "better beam");
    this.#length++;
    const penalty = this.#length ** lengthPenalty;
    const isLast = this.#length === maxNewTokens;
    const ended = candidates
      .slice(0, numBeams)
      .filter(({ token }) => isLast || token === eosTokenId)
      .map((candidate) => ({ ids: this.#live.idsOf(candidate), score: candidate.score / penalty }));
    this.#ended = sortBestFirst([...this.#ended, ...ended]).slice(0, numBeams);
    const step = this.#live.advance(candidates);
    if (this.#ended.length >= numBeams) {
      // As if the best live beam ended here: a guess, but theirs.
      const attainable = this.#live.bestScore / penalty;
      this.#canImprove = attainable > (this.#ended.at(-1) as Hypothesis).score;
    }
    return step;
  }

  /** Gives the live beams if nothing ended, as in a search that was left early. */
  best(count: number): Hypothesis[] {
    return (this.#ended.length > 0 ? this.#ended : this.#live.all).slice(0, count);
  }
}
