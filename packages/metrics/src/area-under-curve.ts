import { checkPairs } from "./pairs.js";

/**
 * The area under the ROC curve, 0 to 1: how likely a positive example has a higher score than a negative one. Equal
 * scores count half.
 *
 * @param weights How much each example counts, all alike if left out.
 * @throws RangeError for an empty set, unequal lengths, a score that isn't a number, or labels that are all the same.
 *
 * scikit-learn's `roc_auc_score`.
 */
export function aucRoc(scores: readonly number[], labels: readonly boolean[], weights?: readonly number[]): number {
  let area = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (const { positives, negatives } of scoresDescending("aucRoc", scores, labels, weights)) {
    area += negatives * (truePositives + positives / 2);
    truePositives += positives;
    falsePositives += negatives;
  }
  return area / (truePositives * falsePositives);
}

/**
 * The area under the precision-recall curve as T5 reports it, 0 to 1: the average precision, a sum over steps.
 *
 * Not the area between points joined by lines, which is too optimistic: for the scores 0.1, 0.4, 0.35, 0.8 with the
 * labels no, no, yes, yes it is 0.83 here and would be 0.79 there.
 *
 * @param weights How much each example counts, all alike if left out.
 * @throws RangeError for an empty set, unequal lengths, a score that isn't a number, or labels that are all the same.
 *
 * scikit-learn's `average_precision_score`.
 */
export function averagePrecision(
  scores: readonly number[],
  labels: readonly boolean[],
  weights?: readonly number[],
): number {
  let sum = 0;
  let truePositives = 0;
  let retrieved = 0;
  for (const { positives, negatives } of scoresDescending("averagePrecision", scores, labels, weights)) {
    truePositives += positives;
    retrieved += positives + negatives;
    if (positives > 0) sum += positives * (truePositives / retrieved);
  }
  return sum / truePositives;
}

/**
 * Labels from values: positive from `threshold` on.
 *
 * T5, `auc` with `targets_threshold`.
 */
export function thresholdLabels(values: readonly number[], threshold: number): boolean[] {
  return values.map((value) => value >= threshold);
}

/** The weight of positives and of negatives at each distinct score, highest score first. */
function scoresDescending(
  where: string,
  scores: readonly number[],
  labels: readonly boolean[],
  weights: readonly number[] | undefined,
): { positives: number; negatives: number }[] {
  checkPairs(where, scores, labels);
  const notNumber = scores.findIndex(Number.isNaN);
  if (notNumber >= 0) throw new RangeError(`${where}: scores[${notNumber}]: expected a number, got NaN`);
  if (labels.every((label) => label === labels[0])) {
    throw new RangeError(`${where}: labels: expected both true and false, got ${labels[0]} only`);
  }
  const byScore = new Map<number, { positives: number; negatives: number }>();
  for (const [i, score] of scores.entries()) {
    const sums = byScore.get(score) ?? { positives: 0, negatives: 0 };
    sums[labels[i] ? "positives" : "negatives"] += weights?.[i] ?? 1;
    byScore.set(score, sums);
  }
  return [...byScore].sort(([a], [b]) => b - a).map(([, sums]) => sums);
}
