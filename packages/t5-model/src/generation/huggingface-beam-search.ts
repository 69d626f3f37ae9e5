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
 * Beam search as Hugging Face does it (4.27, `BeamSearchScorer`): scores are divided by length^α, the length counting
 * the start token and not the end token; live beams count as ended when the length runs out.
 */
export class HuggingFaceBeamSearch implements BeamSearch {
  readonly #options: BeamOptions;
  readonly #maxLength: number;
  readonly #live: LiveBeams;
  #ended: Hypothesis[] = [];
  #length: number;
  #bestCandidate = Number.NEGATIVE_INFINITY;

  constructor(options: BeamOptions) {
    this.#options = options;
    const { prompt = [], maxNewTokens } = options;
    this.#live = new LiveBeams(options);
    this.#length = prompt.length;
    this.#maxLength = prompt.length + maxNewTokens;
  }

  get isDone(): boolean {
    return this.#length >= this.#maxLength || this.#live.isEmpty || this.#isSettled;
  }

  /** Whether no live beam can change the result. */
  get #isSettled(): boolean {
    const { numBeams, lengthPenalty, isEarlyStopping } = this.#options;
    if (this.#ended.length < numBeams) return false;
    const attainable = this.#bestCandidate / this.#length ** lengthPenalty;
    return isEarlyStopping || (this.#ended.at(-1)?.score as number) >= attainable;
  }

  advance(rows: readonly ScoreRow[]): BeamStep {
    const { numBeams, eosTokenId } = this.#options;
    const candidates = this.#live.candidates(rows, "better beam");
    this.#length++;
    this.#bestCandidate = candidates[0]?.score ?? Number.NEGATIVE_INFINITY;
    for (const candidate of candidates.slice(0, numBeams)) {
      // An end that isn't among the best numBeams doesn't count.
      if (candidate.token === eosTokenId) this.#end(this.#live.idsOf(candidate), candidate.score);
    }
    return this.#live.advance(candidates);
  }

  best(count: number): Hypothesis[] {
    if (!this.#isSettled) this.#endAll();
    return this.#ended.slice(0, count);
  }

  #endAll(): void {
    for (const { ids, score } of this.#live.all) this.#end(ids, score);
    this.#live.clear();
  }

  #end(ids: number[], sumLogProbability: number): void {
    const { numBeams, eosTokenId, lengthPenalty } = this.#options;
    const length = 1 + ids.length - (ids.at(-1) === eosTokenId ? 1 : 0);
    this.#ended.push({ ids, score: sumLogProbability / length ** lengthPenalty });
    sortBestFirst(this.#ended);
    this.#ended.length = Math.min(this.#ended.length, numBeams);
  }
}
