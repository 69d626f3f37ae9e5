import { checkPairs, checkReferenceLists, mean } from "./pairs.js";

/**
 * The share of predictions that equal one of their references to the letter, 0 to 100.
 *
 * Nothing is normalized: see `squad` for answers that are allowed to differ in case and articles.
 *
 * @throws RangeError for an empty set, unequal lengths or a prediction without references.
 */
export function exactMatch(predictions: readonly string[], references: readonly (readonly string[])[]): number {
  checkReferenceLists("exactMatch", predictions, references);
  return 100 * mean(predictions.map((prediction, i) => Number(references[i]!.includes(prediction))));
}

/**
 * The share of predictions that equal their target, 0 to 100: of class ids, or of whole texts (T5's
 * `sequence_accuracy`).
 *
 * @throws RangeError for an empty set or unequal lengths.
 *
 * T5, `t5/evaluation/metrics.py`.
 */
export function accuracy<T extends string | number | boolean>(
  predictions: readonly T[],
  targets: readonly T[],
): number {
  checkPairs("accuracy", predictions, targets);
  return 100 * mean(predictions.map((prediction, i) => Number(prediction === targets[i])));
}

/**
 * 100 if all predictions equal their targets, else 0. Used on the answers to one question, as MultiRC counts them.
 *
 * @throws RangeError for an empty set or unequal lengths.
 *
 * T5, `t5/evaluation/metrics.py`.
 */
export function allMatch<T extends string | number | boolean>(
  predictions: readonly T[],
  targets: readonly T[],
): number {
  checkPairs("allMatch", predictions, targets);
  return predictions.every((prediction, i) => prediction === targets[i]) ? 100 : 0;
}
