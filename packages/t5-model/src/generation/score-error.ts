/** Which scores a message is about: those of `step`, 1 for the first token after the start token, of `input`. */
export type ScorePlace = { input: number; step: number };

/** Says that no token can be chosen, of which input at which step. Who knows the input by a name tells that and `problem`. */
export class ScoreError extends Error {
  override readonly name = "ScoreError";
  /** The input's row in the batch. */
  readonly input: number;
  readonly step: number;
  readonly problem: string;

  constructor({ input, step }: ScorePlace, problem: string, where = "generate") {
    super(`${where}: input ${input}, step ${step}: ${problem}`);
    this.input = input;
    this.step = step;
    this.problem = problem;
  }
}

/**
 * Finds the first of the largest scores.
 *
 * @param whose What made the scores, for the message.
 * @throws ScoreError if a score isn't a number or is infinite, or all of them are -∞.
 */
export function indexOfLargest(scores: ArrayLike<number>, whose: string, place: ScorePlace): number {
  let best = -1;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    // Neither holds of NaN, so that one comparison is made of most scores.
    if (score <= largest) continue;
    if (!(score < Number.POSITIVE_INFINITY)) throw notANumber(whose, place, `${score} for token ${i}`);
    [best, largest] = [i, score];
  }
  if (best === -1) throw new ScoreError(place, `expected a token to choose, but ${whose} forbid every one`);
  return best;
}

/** Makes the error for scores that can't be chosen from. */
export function notANumber(whose: string, place: ScorePlace, found: string): ScoreError {
  const remedy = whose === MODEL ? "; the weights hold what isn't finite, or overflow" : "";
  return new ScoreError(place, `expected scores that are numbers from ${whose}, got ${found}${remedy}`);
}

/** Makes the error for a search none of whose beams can go on. */
export function nothingLeft(place: ScorePlace): ScoreError {
  return new ScoreError(place, "expected a token to choose, but every one is forbidden");
}

/** Scores of the model, before any processor. */
export const MODEL = "the model";
export const PROCESSORS = "the processors";
