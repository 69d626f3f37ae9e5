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
