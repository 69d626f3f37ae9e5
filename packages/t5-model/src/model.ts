import { linear } from "@t5ts/layers";
import { type CrossEntropyOptions, linearCrossEntropy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { decodeTargets, outputWeight, scaledForOutput, toLogits } from "./decoder.js";
import { type Encoded, encode, type T5Inputs } from "./encoder.js";
import type { T5Model } from "./params.js";
import type { TrainingPassOptions } from "./pass.js";

/** `decoderInputIds` [batch, targetLength] are the labels shifted right behind `decoderStartTokenId`. */
export type T5Batch = T5Inputs & { decoderInputIds: tf.Tensor2D };

/** Teacher-forced logits [batch, targetLength, vocabSize]. */
export function forward(model: T5Model, batch: T5Batch, options: TrainingPassOptions = {}): tf.Tensor3D {
  return toLogits(model, decodeTargets(model, batch.decoderInputIds, encode(model, batch, options), options));
}

/**
 * What each target token costs, by cross-entropy: [batch, targetLength], 0 where the label is `ignoreId` (-100).
 *
 * Sums to the same as `crossEntropy` of `forward`'s logits, but needn't hold them: they are the largest tensor of a
 * training step.
 *
 * @param labels [batch, targetLength] int32
 */
export function targetCosts(
  model: T5Model,
  { labels, ...batch }: T5Batch & { labels: tf.Tensor2D },
  options: TrainingPassOptions & CrossEntropyOptions = {},
): tf.Tensor2D {
  const { config } = model;
  const x = decodeTargets(model, batch.decoderInputIds, encode(model, batch, options), options);
  const rows = scaledForOutput(config, tf.reshape(x, [-1, config.dModel]) as tf.Tensor2D);
  const costs = linearCrossEntropy(rows, outputWeight(model), tf.reshape(labels, [-1]) as tf.Tensor1D, {
    labelSmoothing: options.labelSmoothing,
    zLoss: options.zLoss,
    ignoreId: options.ignoreId,
  });
  return tf.reshape(costs, labels.shape);
}

/** The logits of a classifier: [batch, numLabels] of one that reads sequences, [batch, inputLength, numLabels] of tokens. */
export function classify({ config, params }: T5Model, name: string, { encoded }: Encoded): tf.Tensor {
  const classifier = config.classifiers[name];
  const weights = params.classifiers[name];
  if (classifier === undefined || weights === undefined) {
    const known = Object.keys(config.classifiers).join(", ") || "none";
    throw new Error(`classify: name: expected a classifier of the model (${known}), got "${name}"`);
  }
  if (classifier.of === "tokens") return linear(weights, encoded);
  const [batch, , dModel] = encoded.shape;
  return linear(weights, tf.reshape(tf.slice(encoded, [0, 0, 0], [batch, 1, dModel]), [batch, dModel]));
}
