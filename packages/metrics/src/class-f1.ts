import { checkPairs, mean } from "./pairs.js";

/**
 * F1 of class 1 in a task with the classes 0 and 1, 0 to 100. A prediction that is neither counts as the wrong one.
 *
 * 0 if there is neither a target nor a prediction of class 1.
 *
 * @throws RangeError for an empty set, unequal lengths, or a target other than 0 and 1.
 *
 * T5, `f1_score_with_invalid` in `t5/evaluation/metrics.py`.
 */
export function f1WithInvalid(predictions: readonly number[], targets: readonly number[]): number {
  checkPairs("f1WithInvalid", predictions, targets);
  for (const [i, target] of targets.entries()) {
    if (target !== 0 && target !== 1)
      throw new RangeError(`f1WithInvalid: targets[${i}]: expected 0 or 1, got ${target}`);
  }
  const valid = predictions.map((prediction, i) =>
    prediction === 0 || prediction === 1 ? prediction : 1 - targets[i]!,
  );
  return 100 * classF1(valid, targets, 1);
}

/**
 * The unweighted mean of the F1 of each class, 0 to 100. A prediction that is none of the classes is wrong for all.
 *
 * A class that is neither predicted nor a target has an F1 of 0, and counts.
 *
 * @throws RangeError for an empty set, unequal lengths, or no classes.
 *
 * T5, `mean_multiclass_f1` in `t5/evaluation/metrics.py`; called macro F1 elsewhere.
 */
export function meanMulticlassF1<T extends string | number>(
  predictions: readonly T[],
  targets: readonly T[],
  classes: readonly T[],
): number {
  checkPairs("meanMulticlassF1", predictions, targets);
  if (classes.length === 0) throw new RangeError("meanMulticlassF1: classes: expected at least one, got none");
  return 100 * mean(classes.map((name) => classF1(predictions, targets, name)));
}

/** F1 of one class, 0 to 1. `weights` say how much each prediction counts, all alike if left out. */
export function classF1<T>(
  predictions: readonly T[],
  targets: readonly T[],
  name: T,
  weights?: readonly number[],
): number {
  let correct = 0;
  let predicted = 0;
  let wanted = 0;
  for (const [i, prediction] of predictions.entries()) {
    const weight = weights?.[i] ?? 1;
    if (prediction === name) predicted += weight;
    if (targets[i] === name) wanted += weight;
    if (prediction === name && targets[i] === name) correct += weight;
  }
  return predicted + wanted > 0 ? (2 * correct) / (predicted + wanted) : 0;
}
