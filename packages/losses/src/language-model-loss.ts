import { type CrossEntropyOptions, checkShape, crossEntropy, linearCrossEntropy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type NormalizeOptions, normalizeCosts } from "./normalize-costs.js";

/** z-loss and label smoothing as in `crossEntropy`, weights and averaging as in `NormalizeOptions`. */
export type LanguageModelOptions = CrossEntropyOptions & NormalizeOptions;

/**
 * How badly each token was foreseen from those before it: -Σ log p(w_i | w_<i, x), by default averaged over the labels
 * that count.
 *
 * @param logits [batch, length, vocabSize]
 * @param labels [batch, length] int32, -100 on padding.
 */
export function languageModelLoss(logits: tf.Tensor, labels: tf.Tensor, options: LanguageModelOptions = {}): tf.Scalar {
  const known = checkShape("languageModelLoss: logits", logits, ["batch", "length", "vocabSize"]);
  checkShape("languageModelLoss: labels", labels, ["batch", "length"], known);
  const rows = tf.reshape(logits, [-1, known.vocabSize!]) as tf.Tensor2D;
  return normalizeCosts(crossEntropy(rows, flat(labels), options), labels, options);
}

/**
 * `languageModelLoss` of the logits that `hidden` [batch, length, dModel] has with the output layer's `weight`
 * [vocabSize, dModel]. Where the backend has a kernel for it, the logits, the largest tensor of a small model's
 * training, are never held as a whole.
 */
export function linearLanguageModelLoss(
  hidden: tf.Tensor,
  weight: tf.Tensor2D,
  labels: tf.Tensor,
  options: LanguageModelOptions = {},
): tf.Scalar {
  const known = checkShape("linearLanguageModelLoss: hidden", hidden, ["batch", "length", "dModel"]);
  checkShape("linearLanguageModelLoss: labels", labels, ["batch", "length"], known);
  const rows = tf.reshape(hidden, [-1, known.dModel!]) as tf.Tensor2D;
  return normalizeCosts(linearCrossEntropy(rows, weight, flat(labels), options), labels, options);
}

function flat(labels: tf.Tensor): tf.Tensor1D {
  return tf.reshape(labels, [-1]);
}
