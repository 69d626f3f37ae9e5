import type * as tf from "@tensorflow/tfjs-core";
import { type LanguageModelOptions, languageModelLoss, linearLanguageModelLoss } from "./language-model-loss.js";

/** The z-loss that T5 was pretrained with. */
export const T5_Z_LOSS = 1e-4;

/**
 * The loss of T5's pretraining. What makes span corruption is all in the data: the labels are the removed spans, each
 * after its sentinel, and the cost of a sentinel, of a token in a span and of the end mark is the same as in
 * `languageModelLoss`. Only the default differs: z-loss `T5_Z_LOSS`, which evaluation leaves out.
 *
 * @param logits [batch, length, vocabSize]
 * @param labels [batch, length] int32, -100 on padding.
 */
export function spanCorruptionLoss(
  logits: tf.Tensor,
  labels: tf.Tensor,
  options: LanguageModelOptions = {},
): tf.Scalar {
  return languageModelLoss(logits, labels, { zLoss: T5_Z_LOSS, ...options });
}

/** `spanCorruptionLoss` from hidden states and the output layer, as `linearLanguageModelLoss`. */
export function linearSpanCorruptionLoss(
  hidden: tf.Tensor,
  weight: tf.Tensor2D,
  labels: tf.Tensor,
  options: LanguageModelOptions = {},
): tf.Scalar {
  return linearLanguageModelLoss(hidden, weight, labels, { zLoss: T5_Z_LOSS, ...options });
}
