import { type CrossEntropyOptions, checkShape, crossEntropy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type NormalizeOptions, normalizeCosts } from "./normalize-costs.js";

/**
 * How badly the model told whether the second sentence really follows the first.
 *
 * Trained with cross-entropy: counting the right answers (`nextSentenceCount`) has a gradient of 0 wherever it has one.
 *
 * @param logits [batch, 2]: the scores of "is next" and of "is not next".
 * @param isNext [batch] int32: 1 or 0, -100 to ignore.
 */
export function nextSentenceLoss(
  logits: tf.Tensor,
  isNext: tf.Tensor,
  options: Omit<CrossEntropyOptions, "zLoss"> & NormalizeOptions = {},
): tf.Scalar {
  const known = checkShape("nextSentenceLoss: logits", logits, ["batch", 2]);
  checkShape("nextSentenceLoss: isNext", isNext, ["batch"], known);
  const { ignoreId = -100 } = options;
  // "Is next" is the first column: 1 → 0, 0 → 1.
  const columns = tf.where(tf.equal(isNext, ignoreId), isNext, tf.sub(tf.scalar(1, "int32"), isNext)) as tf.Tensor1D;
  return normalizeCosts(crossEntropy(logits as tf.Tensor2D, columns, options), columns, options);
}

/**
 * The loss by counting, to look at and not to train with:
 *
 *     -(1/m) Σ [y = 1 and is_next > not_next] + (1/m) Σ [y = 0 and is_next ≤ not_next]
 *
 * Both sums count right answers, but with opposite signs. So a perfect model gets minus the share of real pairs plus
 * the share of false ones, which is 0 for balanced data, and the least value goes to a model that calls every pair real.
 * `nextSentenceAccuracy` says how good a model is.
 *
 * @param logits Rows of [is_next, not_next].
 * @param isNext 1 or 0 for each row; others are ignored. Without any that counts, NaN.
 */
export function nextSentenceCount(logits: readonly ArrayLike<number>[], isNext: ArrayLike<number>): number {
  const { rightNext, rightOther, total } = countAnswers(logits, isNext);
  return (rightOther - rightNext) / total;
}

/** The share of right answers. Arguments as in `nextSentenceCount`. */
export function nextSentenceAccuracy(logits: readonly ArrayLike<number>[], isNext: ArrayLike<number>): number {
  const { rightNext, rightOther, total } = countAnswers(logits, isNext);
  return (rightNext + rightOther) / total;
}

function countAnswers(
  logits: readonly ArrayLike<number>[],
  isNext: ArrayLike<number>,
): { rightNext: number; rightOther: number; total: number } {
  const counts = { rightNext: 0, rightOther: 0, total: 0 };
  for (const [i, row] of logits.entries()) {
    if (isNext[i] !== 0 && isNext[i] !== 1) continue;
    const saysNext = row[0]! > row[1]!;
    counts.total++;
    if (isNext[i] === 1 && saysNext) counts.rightNext++;
    if (isNext[i] === 0 && !saysNext) counts.rightOther++;
  }
  return counts;
}
