import { linear } from "@t5ts/layers";
import { type CrossEntropyOptions, linearCrossEntropy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { decode, decodeHidden, startDecoding } from "./decoder.js";
import { type Encoded, encode, type T5Inputs } from "./encoder.js";
import type { T5Model } from "./params.js";
import type { PassOptions } from "./pass.js";

/** `decoderInputIds` [batch, targetLength] are the labels shifted right behind `decoderStartTokenId`. */
export type T5Batch = T5Inputs & { decoderInputIds: tf.Tensor2D };

/** Teacher-forced logits [batch, targetLength, vocabSize]. */
export function forward(model: T5Model, batch: T5Batch, options: PassOptions = {}): tf.Tensor3D {
  const state = startDecoding(model, encode(model, batch, options));
  return decode(model, batch.decoderInputIds, state, options).logits;
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
  options: PassOptions & CrossEntropyOptions = {},
): tf.Tensor2D {
  const { config, params } = model;
  const { x } = decodeHidden(
    model,
    batch.decoderInputIds,
    startDecoding(model, encode(model, batch, options)),
    options,
  );
  const rows = tf.reshape(x, [-1, config.dModel]) as tf.Tensor2D;
  const scaled = config.scaleDecoderOutputs ? tf.mul(rows, config.dModel ** -0.5) : rows;
  const weight = params.lmHead?.weight ?? (params.decoderEmbedding ?? params.embedding).weight;
  const costs = linearCrossEntropy(scaled as tf.Tensor2D, weight, tf.reshape(labels, [-1]) as tf.Tensor1D, {
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
