import { checkShape, embeddingLookup, linearCrossEntropy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type LanguageModelOptions, languageModelLoss } from "./language-model-loss.js";
import { normalizeCosts } from "./normalize-costs.js";

/**
 * How badly the masked tokens were recovered from the others.
 *
 * @param logits [batch, length, vocabSize]
 * @param labels [batch, length] int32: the token that was masked, -100 everywhere else.
 *
 * Devlin et al. 2019.
 */
export function maskedLanguageModelLoss(
  logits: tf.Tensor,
  labels: tf.Tensor,
  options: LanguageModelOptions = {},
): tf.Scalar {
  return languageModelLoss(logits, labels, options);
}

/** Where tokens were masked, counted row by row over [batch, length], and what they were. */
export type MaskedTargets = { positions: number[]; labels: number[] };

/** The labels that count, with their positions. All rows have one length. */
export function maskedTargets(labels: readonly ArrayLike<number>[], ignoreId = -100): MaskedTargets {
  const targets: MaskedTargets = { positions: [], labels: [] };
  for (const [row, list] of labels.entries()) {
    for (let column = 0; column < list.length; column++) {
      if (list[column] === ignoreId) continue;
      targets.positions.push(row * list.length + column);
      targets.labels.push(list[column] as number);
    }
  }
  return targets;
}

/**
 * `maskedLanguageModelLoss` from hidden states [batch, length, dModel] and the output layer's `weight` [vocabSize,
 * dModel]. Only masked positions are multiplied with it, one in seven as a rule: the costliest product of a small model,
 * six sevenths of it saved.
 *
 * @param options.weights One for each target.
 */
export function linearMaskedLanguageModelLoss(
  hidden: tf.Tensor,
  weight: tf.Tensor2D,
  { positions, labels }: MaskedTargets,
  options: LanguageModelOptions = {},
): tf.Scalar {
  const { dModel } = checkShape("linearMaskedLanguageModelLoss: hidden", hidden, ["batch", "length", "dModel"]);
  if (positions.length === 0) return tf.scalar(0);
  const rows = tf.reshape(hidden, [-1, dModel!]) as tf.Tensor2D;
  const masked = embeddingLookup(rows, tf.tensor1d(positions, "int32")) as tf.Tensor2D;
  const targets = tf.tensor1d(labels, "int32");
  return normalizeCosts(linearCrossEntropy(masked, weight, targets, options), targets, options);
}
