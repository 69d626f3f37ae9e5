import { countEdits, type Edits, sumOfEdits } from "./edit-distance.js";
import { checkPairs } from "./pairs.js";
import { splitWords } from "./words.js";

/** Edits over a whole set, the length of its references, and the one divided by the other. */
export type ErrorRate = Edits & {
  /** Substitutions, insertions and deletions together. */
  edits: number;
  /** Items in the references. */
  length: number;
  /** Edits for each item, 0 upwards: above 1 if there are more edits than items. */
  rate: number;
};

/**
 * The word error rate of transcripts: edits over all words of the references, so that long ones count for more.
 *
 * Words are divided by white space and compared to the letter: normalize case and punctuation before, if they
 * shouldn't count.
 *
 * @throws RangeError for an empty set, unequal lengths, or references without a word that the predictions don't leave
 *   empty too.
 */
export function wordErrorRate(predictions: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate("wordErrorRate", splitWords, predictions, references);
}

/**
 * The character error rate: as `wordErrorRate`, of Unicode characters, spaces included.
 *
 * @throws RangeError for an empty set, unequal lengths, or references without a character that the predictions don't
 *   leave empty too.
 */
export function characterErrorRate(predictions: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate("characterErrorRate", (text) => [...text], predictions, references);
}

function errorRate(
  where: string,
  split: (text: string) => string[],
  predictions: readonly string[],
  references: readonly string[],
): ErrorRate {
  checkPairs(where, predictions, references);
  const total = { substitutions: 0, insertions: 0, deletions: 0, edits: 0, length: 0 };
  for (const [i, prediction] of predictions.entries()) {
    const reference = split(references[i]!);
    const edits = countEdits(split(prediction), reference);
    total.substitutions += edits.substitutions;
    total.insertions += edits.insertions;
    total.deletions += edits.deletions;
    total.edits += sumOfEdits(edits);
    total.length += reference.length;
  }
  if (total.length === 0 && total.edits > 0) {
    throw new RangeError(
      `${where}: references: expected something to compare ${total.edits} insertions with, got nothing`,
    );
  }
  return { ...total, rate: total.length > 0 ? total.edits / total.length : 0 };
}
