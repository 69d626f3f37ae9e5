import * as tf from "@tensorflow/tfjs-core";
import { type NormalizeOptions, normalizeCosts } from "./normalize-costs.js";

/**
 * (log Z)² of each row of logits, by default averaged over those that count: it keeps logits near those whose
 * exponentials sum up to 1, where float32, and more so bfloat16, is most exact.
 *
 * To train with it, `zLoss` of `languageModelLoss` does both in one pass; on its own it's for the log.
 *
 * @param logits [..., vocabSize]
 * @param labels [...] int32; only which of them are ignored matters.
 */
export function zLoss(logits: tf.Tensor, labels: tf.Tensor, options: NormalizeOptions = {}): tf.Scalar {
  const kept = tf.cast(tf.notEqual(labels, options.ignoreId ?? -100), "float32");
  const costs = tf.mul(tf.square(tf.logSumExp(logits, -1)), kept);
  return normalizeCosts(tf.reshape(costs, [-1]), labels, options);
}
