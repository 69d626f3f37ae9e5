/** The bounds of a confidence interval and the median between them. */
export type ConfidenceInterval = { low: number; mid: number; high: number };

export type BootstrapOptions = {
  /** How much of the distribution the interval covers, 0 to 1; 0.95 by default. At 0 all three are the median. */
  confidence?: number;
  /** How many samples are drawn; 1000 by default. */
  samples?: number;
};

/**
 * How much a statistic of `items` would vary from one set of this size to the next: the statistic of many samples
 * drawn from the items with replacement, and percentiles of what comes out.
 *
 *     bootstrap(scores.map(({ fmeasure }) => fmeasure), mean, () => rng.uniform())
 *
 * @param statistic Of a sample as large as `items`, in which some are repeated.
 * @param random Numbers from 0 up to but not including 1. The same numbers give the same interval.
 * @throws RangeError for no items, or options out of bounds.
 *
 * Efron 1979; intervals as in ROUGE-1.5.5 and the rouge_score package.
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  random: () => number,
  { confidence = 0.95, samples = 1000 }: BootstrapOptions = {},
): ConfidenceInterval {
  if (items.length === 0) throw new RangeError("bootstrap: items: expected at least one, got none");
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new RangeError(`bootstrap: confidence: expected 0 to 1, got ${confidence}`);
  }
  if (!Number.isInteger(samples) || samples < 1) {
    throw new RangeError(`bootstrap: samples: expected an integer from 1, got ${samples}`);
  }
  const drawn = Array.from({ length: samples }, () =>
    statistic(items.map(() => items[Math.floor(random() * items.length)]!)),
  ).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { low: percentile(drawn, tail), mid: percentile(drawn, 0.5), high: percentile(drawn, 1 - tail) };
}

/** Between two values of the sorted list, by linear interpolation. */
function percentile(sorted: readonly number[], fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}
