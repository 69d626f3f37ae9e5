/** One sequence that a search found: its tokens without the start token, prompt and end token included, and its score. */
export type Hypothesis = { ids: number[]; score: number };

/** Puts hypotheses in order, in place: the highest score first, of equals the earlier. */
export function sortBestFirst(hypotheses: Hypothesis[]): Hypothesis[] {
  return hypotheses.sort((a, b) => b.score - a.score);
}

/**
 * The scores of one live beam for its next token: log probabilities are `scores` - `logZ`. They are of all tokens, or of
 * the best `2 · numBeams` at least, best first and of equals the first, with `tokens` to say which.
 */
export type ScoreRow = { scores: Float32Array; tokens?: Int32Array; logZ: number };

/** How the beams go on: beam i continues the earlier beam `parents[i]` with `tokens[i]`. */
export type BeamStep = { parents: number[]; tokens: number[] };

export type BeamOptions = {
  numBeams: number;
  maxNewTokens: number;
  eosTokenId: number;
  /** Tokens that every sequence begins with. They cost nothing, and count in the length that scores are divided by. */
  prompt?: readonly number[];
  /** The exponent α of the penalty. T5 translates with 0.6; 0 prefers short sequences most. */
  lengthPenalty: number;
  /** Whether one input's search ends as soon as `numBeams` sequences have ended. Only in the Hugging Face dialect. */
  isEarlyStopping: boolean;
};

/** The search over one input: give it the scores of its live beams until it is done, then take the best. */
export interface BeamSearch {
  readonly isDone: boolean;
  advance(rows: readonly ScoreRow[]): BeamStep;
  /** At most `count`, best first. */
  best(count: number): Hypothesis[];
}

/** ((5 + length) / 6)^α, the penalty of Wu et al. 2016 that T5X divides log probabilities by. */
export function t5xLengthPenalty(length: number, alpha: number): number {
  return ((5 + length) / 6) ** alpha;
}

/**
 * Beam search as T5X does it: the best `numBeams` live and the best `numBeams` ended sequences are kept apart; scores
 * are divided by `t5xLengthPenalty` of the length with the end token. Ends when no live beam can beat the ended ones.
 */
export class T5xBeamSearch implements BeamSearch {
  readonly #options: BeamOptions;
  readonly #maxLength: number;
  #live: Hypothesis[];
  #ended: Hypothesis[] = [];
  #length: number;

  constructor(options: BeamOptions) {
    this.#options = options;
    const { prompt = [], maxNewTokens } = options;
    this.#live = [{ ids: [...prompt], score: 0 }];
    this.#length = prompt.length;
    this.#maxLength = prompt.length + maxNewTokens;
  }

  get isDone(): boolean {
    const { numBeams, lengthPenalty } = this.#options;
    if (this.#length >= this.#maxLength || this.#live.length === 0) return true;
    if (this.#ended.length < numBeams) return false;
    const penalty = t5xLengthPenalty(this.#maxLength, lengthPenalty);
    const bestLive = (this.#live[0]?.score ?? Number.NEGATIVE_INFINITY) / penalty;
    return (this.#ended.at(-1)?.score ?? Number.NEGATIVE_INFINITY) > bestLive;
  }

  advance(rows: readonly ScoreRow[]): BeamStep {
    const { numBeams, eosTokenId, lengthPenalty } = this.#options;
    this.#length++;
    // 2 · numBeams candidates, so that numBeams stay alive if as many end. Of equals, T5X takes the worse beam's.
    const candidates = bestCandidates(rows, this.#live, [...this.#live.keys()].reverse(), 2 * numBeams);
    const penalty = t5xLengthPenalty(this.#length, lengthPenalty);
    const ended = candidates
      .filter(({ token }) => token === eosTokenId)
      .map(({ parent, token, score }) => ({ ids: [...this.#ids(parent), token], score: score / penalty }));
    this.#ended = sortBestFirst([...this.#ended, ...ended]).slice(0, numBeams);
    const alive = candidates.filter(({ token }) => token !== eosTokenId).slice(0, numBeams);
    this.#live = alive.map(({ parent, token, score }) => ({ ids: [...this.#ids(parent), token], score }));
    return { parents: alive.map(({ parent }) => parent), tokens: alive.map(({ token }) => token) };
  }

  /** If nothing ended, the live beams with their scores as they are, like T5X. */
  best(count: number): Hypothesis[] {
    return (this.#ended.length > 0 ? this.#ended : this.#live).slice(0, count);
  }

  #ids(beam: number): number[] {
    return this.#live[beam]?.ids ?? [];
  }
}

/**
 * Beam search as Hugging Face does it (4.27, `BeamSearchScorer`): scores are divided by length^α, the length counting
 * the start token and not the end token; live beams count as ended when the length runs out.
 */
export class HuggingFaceBeamSearch implements BeamSearch {
  readonly #options: BeamOptions;
  readonly #maxLength: number;
  #live: Hypothesis[];
  #ended: Hypothesis[] = [];
  #length: number;
  #bestCandidate = Number.NEGATIVE_INFINITY;

  constructor(options: BeamOptions) {
    this.#options = options;
    const { prompt = [], maxNewTokens } = options;
    this.#live = [{ ids: [...prompt], score: 0 }];
    this.#length = prompt.length;
    this.#maxLength = prompt.length + maxNewTokens;
  }

  get isDone(): boolean {
    return this.#length >= this.#maxLength || this.#live.length === 0 || this.#isSettled;
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
    const candidates = bestCandidates(rows, this.#live, [...this.#live.keys()], 2 * numBeams);
    this.#length++;
    this.#bestCandidate = candidates[0]?.score ?? Number.NEGATIVE_INFINITY;
    for (const { parent, token, score } of candidates.slice(0, numBeams)) {
      // An end that isn't among the best numBeams doesn't count.
      if (token === eosTokenId) this.#end([...this.#ids(parent), token], score);
    }
    const alive = candidates.filter(({ token }) => token !== eosTokenId).slice(0, numBeams);
    this.#live = alive.map(({ parent, token, score }) => ({ ids: [...this.#ids(parent), token], score }));
    return { parents: alive.map(({ parent }) => parent), tokens: alive.map(({ token }) => token) };
  }

  best(count: number): Hypothesis[] {
    if (!this.#isSettled) this.#endAll();
    return this.#ended.slice(0, count);
  }

  #endAll(): void {
    for (const { ids, score } of this.#live) this.#end(ids, score);
    this.#live = [];
  }

  #end(ids: number[], sumLogProbability: number): void {
    const { numBeams, eosTokenId, lengthPenalty } = this.#options;
    const length = 1 + ids.length - (ids.at(-1) === eosTokenId ? 1 : 0);
    this.#ended.push({ ids, score: sumLogProbability / length ** lengthPenalty });
    sortBestFirst(this.#ended);
    this.#ended.length = Math.min(this.#ended.length, numBeams);
  }

  #ids(beam: number): number[] {
    return this.#live[beam]?.ids ?? [];
  }
}

type Candidate = { parent: number; token: number; score: number };

/** A log probability that stands for -∞, as in T5X: such a token is never taken, nor NaN, not even for lack of another. */
const IMPOSSIBLE = -1e7;

/** Finds the `count` best continuations of the live beams, best first; of equals, that of the beam earlier in `order`. */
export function bestCandidates(
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
      if (!(score > IMPOSSIBLE) || (last !== undefined && score <= last.score)) continue;
      let at = best.length;
      while (at > 0 && (best[at - 1] as Candidate).score < score) at--;
      best.splice(at, 0, { parent, token: tokens?.[i] ?? i, score });
      if (best.length > count) best.pop();
    }
  }
  return best;
}
