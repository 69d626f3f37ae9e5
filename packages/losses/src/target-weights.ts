/**
 * What T5X's `loss_normalizing_factor` may be beside a number.
 *
 * | kind                      | the loss of a batch is                                                             |
 * | ------------------------- | ---------------------------------------------------------------------------------- |
 * | `NUM_REAL_TARGET_TOKENS`  | the mean over its targets                                                          |
 * | `NUM_TOTAL_TARGET_TOKENS` | the same sum divided by all places, padding included: batches of one shape weigh targets alike |
 * | `AVERAGE_PER_SEQUENCE`    | the mean over its sequences of the mean over their targets: short ones weigh as much as long ones |
 */
export type NormalizerKind = "NUM_REAL_TARGET_TOKENS" | "NUM_TOTAL_TARGET_TOKENS" | "AVERAGE_PER_SEQUENCE";

export type TargetBatch = {
  /** Rows of ids, which are targets where they're above 0: 0 is padding, -100 is ignored. */
  targets: readonly ArrayLike<number>[];
  /** The weight of each target. Default 1 for targets and 0 for the rest. */
  lossWeights?: readonly ArrayLike<number>[];
  /** In packed rows, which sequence each place belongs to; 0 for none. */
  segmentIds?: readonly ArrayLike<number>[];
};

/**
 * The weights and the divisor that bring about a kind of normalisation: for `weights` and `normalizer` of the losses.
 *
 * @returns `weights` [batch, length].
 */
export function targetWeights(
  kind: NormalizerKind,
  { targets, lossWeights, segmentIds }: TargetBatch,
): { weights: number[][]; normalizer: number } {
  const weights = Array.from(lossWeights ?? targets.map((row) => Array.from(row, (id) => (id > 0 ? 1 : 0))), (row) =>
    Array.from(row),
  );
  switch (kind) {
    case "NUM_REAL_TARGET_TOKENS":
      return { weights, normalizer: sum(weights) };
    case "NUM_TOTAL_TARGET_TOKENS":
      return { weights, normalizer: weights.reduce((count, row) => count + row.length, 0) };
    case "AVERAGE_PER_SEQUENCE": {
      const shares = weights.map((row, i) => sharesOf(row, segmentIds?.[i]));
      return { weights: shares, normalizer: sum(shares) };
    }
    default:
      throw new RangeError(`targetWeights: kind: expected one of T5X's, got "${kind as string}"`);
  }
}

/** Each weight as a part of its sequence's, so that those of a sequence sum up to 1. */
function sharesOf(weights: readonly number[], segmentIds: ArrayLike<number> | undefined): number[] {
  const segmentOf = (i: number): number => (segmentIds ? (segmentIds[i] as number) : 1);
  const sums = new Map<number, number>();
  for (const [i, weight] of weights.entries()) sums.set(segmentOf(i), (sums.get(segmentOf(i)) ?? 0) + weight);
  return weights.map((weight, i) => {
    const whole = sums.get(segmentOf(i))!;
    return segmentOf(i) === 0 || whole === 0 ? 0 : weight / whole;
  });
}

function sum(rows: readonly (readonly number[])[]): number {
  return rows.flat().reduce((total, value) => total + value, 0);
}
