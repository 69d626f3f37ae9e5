/**
 * The harmonic mean of precision and recall of two bags of tokens, 0 to 1: a token counts as often as it is in both.
 *
 * 0 if they share nothing, which includes two empty bags.
 */
export function tokenF1(prediction: readonly string[], reference: readonly string[]): number {
  const left = countEach(reference);
  let common = 0;
  for (const token of prediction) {
    const count = left.get(token) ?? 0;
    if (count > 0) {
      left.set(token, count - 1);
      common++;
    }
  }
  if (common === 0) return 0;
  const precision = common / prediction.length;
  const recall = common / reference.length;
  return (2 * precision * recall) / (precision + recall);
}

/** How often each item occurs, in the order of first occurrence. */
export function countEach<T>(items: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
