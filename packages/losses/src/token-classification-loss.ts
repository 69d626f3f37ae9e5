import { type CrossEntropyOptions, checkShape, crossEntropy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type NormalizeOptions, normalizeCosts } from "./normalize-costs.js";

export type TokenClassificationOptions = Omit<CrossEntropyOptions, "zLoss"> &
  NormalizeOptions & {
    /**
     * The factor of Σ_c log σ(ŷ_ic), which is added to the cost of each token that counts. Default 0.
     *
     * The term doesn't look at the label. Cross-entropy stays the same when all logits of a token grow by one number, so
     * nothing holds against it: below 0 it rewards every large logit, those of wrong classes too, and the logits drift
     * up; above 0 it rewards every small one, and the loss has no lower bound. A small factor below 0 can be of use where
     * logits are read one by one as probabilities σ(ŷ_ic).
     */
    logSigmoidWeight?: number;
  };

/**
 * How badly each token was put into its class: cross-entropy, by default averaged over the tokens that count.
 *
 * @param logits ŷ [batch, length, numClasses]
 * @param labels [batch, length] int32, -100 on padding and on the pieces of a word after its first.
 */
export function tokenClassificationLoss(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { logSigmoidWeight = 0, ...options }: TokenClassificationOptions = {},
): tf.Scalar {
  const known = checkShape("tokenClassificationLoss: logits", logits, ["batch", "length", "numClasses"]);
  checkShape("tokenClassificationLoss: labels", labels, ["batch", "length"], known);
  const rows = tf.reshape(logits, [-1, known.numClasses!]) as tf.Tensor2D;
  const flat = tf.reshape(labels, [-1]) as tf.Tensor1D;
  const costs = crossEntropy(rows, flat, options);
  if (logSigmoidWeight === 0) return normalizeCosts(costs, labels, options);
  const kept = tf.cast(tf.notEqual(flat, options.ignoreId ?? -100), "float32");
  // log σ(x) = -softplus(-x), which doesn't overflow.
  const logSigmoids = tf.neg(tf.sum(tf.softplus(tf.neg(rows)), -1));
  return normalizeCosts(tf.add(costs, tf.mul(tf.mul(logSigmoids, kept), logSigmoidWeight)), labels, options);
}
