import {
  type BeamOptions,
  type BeamSearch,
  type BeamStep,
  bestCandidates,
  type Hypothesis,
  type ScoreRow,
  sortBestFirst,
} from "./beam-search.js";

/**
 * Beam search as Hugging Face does it since transformers 5: scores are divided by length^α, the length counting the
 * generated tokens alone, the end token among them and neither start token nor prompt. What isn't ended when the length
 * runs out counts as ended if it is among the best `numBeams`.
 *
 * transformers 5.18, `GenerationMixin._beam_search`.
 */
export class HuggingFace5BeamSearch implements BeamSearch {
  readonly #options: BeamOptions;
  #live: Hypothesis[];
  #ended: Hypothesis[] = [];
  /** Tokens generated so far. */
  #length = 0;
  #canImprove = true;

  constructor(options: BeamOptions) {
    this.#options = options;
    this.#live = [{ ids: [...(options.prompt ?? [])], score: 0 }];
  }

  get isDone(): boolean {
    const isCutShort = this.#length >= this.#options.maxNewTokens || this.#live.length === 0;
    return isCutShort || !this.#canImprove || this.#isFull;
  }

  /** Whether early stopping closes the search. */
  get #isFull(): boolean {
    return this.#options.isEarlyStopping && this.#ended.length >= this.#options.numBeams;
  }

  advance(rows: readonly ScoreRow[]): BeamStep {
    const { numBeams, maxNewTokens, eosTokenId, lengthPenalty } = this.#options;
    const candidates = bestCandidates(rows, this.#live, [...this.#live.keys()], 2 * numBeams);
    this.#length++;
    const penalty = this.#length ** lengthPenalty;
    const isLast = this.#length === maxNewTokens;
    const ended = candidates
      .slice(0, numBeams)
      .filter(({ token }) => isLast || token === eosTokenId)
      .map(({ parent, token, score }) => ({ ids: [...this.#ids(parent), token], score: score / penalty }));
    this.#ended = sortBestFirst([...this.#ended, ...ended]).slice(0, numBeams);
    const alive = candidates.filter(({ token }) => token !== eosTokenId).slice(0, numBeams);
    this.#live = alive.map(({ parent, token, score }) => ({ ids: [...this.#ids(parent), token], score }));
    if (this.#ended.length >= numBeams) {
      // As if the best live beam ended here: a guess, but theirs.
      const attainable = (this.#live[0]?.score ?? Number.NEGATIVE_INFINITY) / penalty;
      this.#canImprove = attainable > (this.#ended.at(-1) as Hypothesis).score;
    }
    return { parents: alive.map(({ parent }) => parent), tokens: alive.map(({ token }) => token) };
  }

  /** If nothing ended, as in a search that was left early, the live beams. */
  best(count: number): Hypothesis[] {
    return (this.#ended.length > 0 ? this.#ended : this.#live).slice(0, count);
  }

  #ids(beam: number): number[] {
    return this.#live[beam]?.ids ?? [];
  }
}
