/** Which scores a message is about: those of `step`, 1 for the first token after the start token, of `input`. */
export type ScorePlace = { input: number; step: number };

/**
 * Finds the first of the largest scores.
 *
 * @param whose What made the scores, for the message.
 * @throws Error naming the input and the step, if a score isn't a number or is infinite, or all of them are -∞.
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
  if (best === -1) throw new Error(`${describe(place)}: expected a token to choose, but ${whose} forbid every one`);
  return best;
}

/** Makes the error for scores that can't be chosen from. */
export function notANumber(whose: string, place: ScorePlace, found: string): Error {
  const remedy = whose === MODEL ? "; the weights hold what isn't finite, or overflow" : "";
  return new Error(`${describe(place)}: expected scores that are numbers from ${whose}, got ${found}${remedy}`);
}

/** Makes the error for a search none of whose beams can go on. */
export function nothingLeft(place: ScorePlace): Error {
  return new Error(`${describe(place)}: expected a token to choose, but every one is forbidden`);
}

/** Scores of the model, before any processor. */
export const MODEL = "the model";
export const PROCESSORS = "the processors";

function describe({ input, step }: ScorePlace): string {
  return `generate: input ${input}, step ${step}`;
}
