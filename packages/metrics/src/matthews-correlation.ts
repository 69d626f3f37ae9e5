import { checkPairs } from "./pairs.js";
import { countEach } from "./token-f1.js";

/**
 * Matthews' correlation of predicted and true classes, −100 to 100, for any number of classes.
 *
 * A prediction outside the classes is a class of its own that is never right, so that an invalid answer counts as
 * wrong. 0 if all predictions or all targets are one class: nothing varies that could correlate.
 *
 * @throws RangeError for an empty set or unequal lengths.
 *
 * Gorodkin 2004; scikit-learn's `matthews_corrcoef`, times 100 as in T5.
 */
export function matthewsCorrelation<T extends string | number>(
  predictions: readonly T[],
  targets: readonly T[],
): number {
  checkPairs("matthewsCorrelation", predictions, targets);
  const samples = predictions.length;
  const predicted = countEach(predictions);
  const wanted = countEach(targets);
  const correct = predictions.filter((prediction, i) => prediction === targets[i]).length;
  let byChance = 0;
  for (const [name, count] of wanted) byChance += count * (predicted.get(name) ?? 0);
  const spread = Math.sqrt((samples ** 2 - sumOfSquares(predicted)) * (samples ** 2 - sumOfSquares(wanted)));
  return spread > 0 ? (100 * (correct * samples - byChance)) / spread : 0;
}

function sumOfSquares(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count ** 2;
  return sum;
}
