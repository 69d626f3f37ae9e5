import * as tf from "@tensorflow/tfjs-core";

export type NormalizeOptions = {
  /**
   * A factor on the cost of each label, of the labels' shape or broadcasting to it: [batch, 1] weighs examples. Borrowed;
   * no gradient goes to it.
   */
  weights?: tf.Tensor;
  /**
   * What the sum of the costs is divided by: `mean`, the weights of the labels that count; `sum`, nothing; or a number,
   * such as the tokens of a whole step of several batches. Default `mean`, as transformers has it; T5X's is `sum`.
   */
  normalizer?: "mean" | "sum" | number;
  /** Labels that don't count. Default -100. */
  ignoreId?: number;
};

/** Costs [n] of `labels` [n elements], which are 0 where a label is ignored, as one number: 0 if none counts. */
export function normalizeCosts(
  costs: tf.Tensor,
  labels: tf.Tensor,
  { weights, normalizer = "mean", ignoreId = -100 }: NormalizeOptions,
): tf.Scalar {
  const kept = tf.cast(tf.notEqual(labels, ignoreId), "float32");
  const counted = weights ? tf.mul(kept, weights) : kept;
  const sum = tf.sum(weights ? tf.mul(costs, tf.reshape(counted, [-1])) : costs) as tf.Scalar;
  if (normalizer === "sum") return sum;
  if (normalizer !== "mean") return tf.div(sum, normalizer);
  const total = tf.sum(counted);
  return tf.div(sum, tf.add(total, tf.cast(tf.equal(total, 0), "float32")));
}
