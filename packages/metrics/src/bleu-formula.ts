/** What BLEU is computed from: n-grams of each order from 1, and lengths in tokens. */
export type BleuCounts = {
  /** N-grams of the predictions that a reference has too. */
  matches: readonly number[];
  /** N-grams of the predictions. */
  totals: readonly number[];
  predictionLength: number;
  /** Of the reference closest in length to its prediction. */
  referenceLength: number;
};

export type BleuScore = BleuCounts & {
  /** 0 to 100. */
  score: number;
  /** Of each order, smoothed, 0 to 100. */
  precisions: readonly number[];
  /** Below 1 if the predictions are shorter than the references. */
  brevityPenalty: number;
};

/**
 * What an order without a match counts as, by sacrebleu's names (Chen and Cherry 2014):
 *
 * - `exp`: a half of a match, then a quarter, and so on, at each such order.
 * - `floor`: `smoothingValue` matches.
 * - `add-k`: `smoothingValue` is added to matches and n-grams of each order above 1, also where there are matches.
 * - `none`: none, so that BLEU is 0.
 */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

/** How a score follows from counts. */
export type BleuFormula = {
  /** `exp` by default. */
  smoothing?: BleuSmoothing;
  /** 0.1 for `floor` and 1 for `add-k` by default. */
  smoothingValue?: number;
  /** Whether orders longer than the text are left out. By default true for one sentence and false for a set. */
  effectiveOrder?: boolean;
};

/**
 * BLEU of counts that were made elsewhere, 0 to 100. Without any match it is 0, whatever the smoothing.
 *
 * @throws RangeError for an unknown smoothing, or lists of different lengths.
 */
export function bleuFromCounts(counts: BleuCounts, formula: BleuFormula = {}): BleuScore {
  const { matches, totals, predictionLength, referenceLength } = counts;
  if (matches.length !== totals.length || matches.length === 0) {
    throw new RangeError(
      `bleuFromCounts: expected matches and totals of the same orders, got ${matches.length} and ${totals.length}`,
    );
  }
  const brevityPenalty =
    predictionLength >= referenceLength
      ? 1
      : predictionLength > 0
        ? Math.exp(1 - referenceLength / predictionLength)
        : 0;
  const precisions = smoothPrecisions(counts, formula);
  const orders = (formula.effectiveOrder && precisions.length) || matches.length;
  const all = matches.map((_, i) => precisions[i] ?? 0);
  // The logarithm of 0 is −Infinity here, and exp of that 0.
  const logs = all.slice(0, orders).reduce((sum, precision) => sum + Math.log(precision), 0);
  const score = matches.some((count) => count > 0) ? brevityPenalty * Math.exp(logs / orders) : 0;
  return { ...counts, score, precisions: all, brevityPenalty };
}

/** The smoothing and its value, with the defaults filled in; `exp` and `none` have no use for the value. */
export function resolveSmoothing({ smoothing = "exp", smoothingValue }: BleuFormula): {
  smoothing: BleuSmoothing;
  value: number;
} {
  if (!Object.hasOwn(SMOOTHING_VALUES, smoothing)) {
    const names = Object.keys(SMOOTHING_VALUES).join(", ");
    throw new RangeError(`bleuFromCounts: smoothing: expected one of ${names}, got "${smoothing}"`);
  }
  return { smoothing, value: smoothingValue ?? SMOOTHING_VALUES[smoothing] };
}

/** Precisions up to the longest order of which there are n-grams at all. */
function smoothPrecisions({ matches, totals }: BleuCounts, formula: BleuFormula): number[] {
  const { smoothing, value } = resolveSmoothing(formula);
  const precisions: number[] = [];
  if (matches.every((count) => count === 0)) return precisions;
  let halved = 1;
  for (const [i, count] of matches.entries()) {
    const added = smoothing === "add-k" && i > 0 ? value : 0;
    const match = count + added;
    const total = totals[i]! + added;
    if (total === 0) break;
    if (match > 0) precisions.push((100 * match) / total);
    else if (smoothing === "exp") precisions.push(100 / ((halved *= 2) * total));
    else precisions.push(smoothing === "floor" ? (100 * value) / total : 0);
  }
  return precisions;
}

const SMOOTHING_VALUES: Record<BleuSmoothing, number> = { exp: 0, floor: 0.1, "add-k": 1, none: 0 };
