/** The middle of the sorted numbers, or halfway between the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/**
 * How many times `seconds` is `reference`: the median of the ratios of the rounds that both took part in, so that what
 * slows a machine down for a while slows both. undefined if there's no such round.
 */
export function medianRatio(seconds: readonly number[], reference: readonly number[]): number | undefined {
  const rounds = Math.min(seconds.length, reference.length);
  const ratios = seconds.slice(0, rounds).map((value, round) => value / (reference[round] as number));
  return rounds === 0 ? undefined : median(ratios);
}
