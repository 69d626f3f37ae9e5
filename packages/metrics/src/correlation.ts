import { checkPairs, mean } from "./pairs.js";

/**
 * Pearson's correlation, −100 to 100. NaN if all predictions or all targets are the same: it isn't defined then.
 *
 * @throws RangeError for fewer than two pairs or unequal lengths.
 *
 * SciPy's `pearsonr`, times 100 as in T5.
 */
export function pearsonCorrelation(predictions: readonly number[], targets: readonly number[]): number {
  checkPairs("pearsonCorrelation", predictions, targets);
  if (predictions.length < 2) throw new RangeError("pearsonCorrelation: expected at least two pairs, got one");
  return 100 * correlation(predictions, targets);
}

/**
 * Spearman's correlation, −100 to 100: Pearson's of the ranks, where equal values share the mean of their ranks.
 *
 * NaN if all predictions or all targets are the same.
 *
 * @throws RangeError for fewer than two pairs or unequal lengths.
 *
 * SciPy's `spearmanr`, times 100 as in T5.
 */
export function spearmanCorrelation(predictions: readonly number[], targets: readonly number[]): number {
  checkPairs("spearmanCorrelation", predictions, targets);
  if (predictions.length < 2) throw new RangeError("spearmanCorrelation: expected at least two pairs, got one");
  return 100 * correlation(ranks(predictions), ranks(targets));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const x = unitVector(a);
  const y = unitVector(b);
  const dot = x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return Math.max(-1, Math.min(1, dot)); // rounding can leave the interval
}

/** The deviations from the mean, scaled to length 1; NaN if there are none. */
function unitVector(values: readonly number[]): number[] {
  // Asked of the values: the mean of equal ones may be off in its last bit, and would leave deviations to divide by.
  if (values.every((value) => value === values[0])) return values.map(() => Number.NaN);
  const centre = mean(values);
  const deviations = values.map((value) => value - centre);
  const length = Math.sqrt(deviations.reduce((sum, deviation) => sum + deviation ** 2, 0));
  return deviations.map((deviation) => deviation / length);
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const result = new Array<number>(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]!] === values[order[first]!]) last++;
    for (let i = first; i <= last; i++) result[order[i]!] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return result;
}
