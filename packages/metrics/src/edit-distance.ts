import { checkPairs, mean } from "./pairs.js";
import { NOT_WORD } from "./words.js";

/** How one sequence is turned into another. */
export type Edits = { substitutions: number; insertions: number; deletions: number };

/**
 * The fewest edits that turn `reference` into `prediction`: insertions are items of the prediction that the reference
 * hasn't, deletions items of the reference that the prediction lacks.
 *
 * Several ways may be as short; then a substitution is preferred to a deletion, and that to an insertion. The sum is
 * the same.
 *
 * Levenshtein 1966.
 */
export function countEdits<T>(prediction: readonly T[], reference: readonly T[]): Edits {
  // Place j of a row is about turning the reference so far into the first j items of the prediction.
  const width = prediction.length + 1;
  let above = { edits: Int32Array.from({ length: width }, (_, j) => j), substitutions: new Int32Array(width) };
  let row = { edits: new Int32Array(width), substitutions: new Int32Array(width) };
  for (const [i, wanted] of reference.entries()) {
    row.edits[0] = i + 1;
    for (let j = 1; j < width; j++) {
      const isEqual = prediction[j - 1] === wanted;
      const diagonal = above.edits[j - 1]! + (isEqual ? 0 : 1);
      const deletion = above.edits[j]! + 1;
      const insertion = row.edits[j - 1]! + 1;
      const edits = Math.min(diagonal, deletion, insertion);
      row.edits[j] = edits;
      if (edits === diagonal) row.substitutions[j] = above.substitutions[j - 1]! + (isEqual ? 0 : 1);
      else if (edits === deletion) row.substitutions[j] = above.substitutions[j]!;
      else row.substitutions[j] = row.substitutions[j - 1]!;
    }
    [above, row] = [row, above];
  }
  // Insertions minus deletions is the difference in length.
  const substitutions = above.substitutions[prediction.length]!;
  const moved = above.edits[prediction.length]! - substitutions;
  const insertions = (moved + prediction.length - reference.length) / 2;
  return { substitutions, insertions, deletions: moved - insertions };
}

/** Substitutions, insertions and deletions together: the edit distance. */
export function sumOfEdits({ substitutions, insertions, deletions }: Edits): number {
  return substitutions + insertions + deletions;
}

/**
 * Edit distances in words between predictions and targets, summed up in five ways.
 *
 * Words are what is between single characters that are no letter, digit or underscore, which makes a word of the
 * nothing after a full stop. Case is ignored unless `lower` is false.
 *
 * @throws RangeError for an empty set or unequal lengths.
 *
 * T5, `edit_distance` in `t5/evaluation/metrics.py`.
 */
export function wordEditDistance(
  predictions: readonly string[],
  targets: readonly string[],
  { lower = true }: { lower?: boolean } = {},
): { min: number; max: number; mean: number; median: number; sum: number } {
  checkPairs("wordEditDistance", predictions, targets);
  const words = (text: string): string[] => (lower ? text.toLowerCase() : text).split(NOT_WORD);
  const distances = predictions
    .map((prediction, i) => sumOfEdits(countEdits(words(prediction), words(targets[i]!))))
    .sort((a, b) => a - b);
  const middle = (distances.length - 1) / 2;
  return {
    min: distances[0]!,
    max: distances.at(-1)!,
    mean: mean(distances),
    median: (distances[Math.floor(middle)]! + distances[Math.ceil(middle)]!) / 2,
    sum: distances.reduce((sum, distance) => sum + distance, 0),
  };
}
