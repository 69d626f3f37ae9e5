import { matrixRows, padBatch } from "@t5ts/datasets";
import { languageModelLoss, type NormalizerKind, type TargetBatch, targetWeights, zLoss } from "@t5ts/losses";
import { CPU_BACKEND, selectBackend, valueAndGrad } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect } from "vitest";
import { expectClose, runVectors } from "./run-vectors.js";

beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

runVectors("losses.json", {
  loss_normalizing({ kind, targets, loss_weights, segment_ids, factor, weights, tolerance = 1e-6 }) {
    const batch: TargetBatch = {
      targets,
      ...(loss_weights ? { lossWeights: loss_weights } : {}),
      ...(segment_ids ? { segmentIds: segment_ids } : {}),
    };
    const actual = targetWeights(kind as NormalizerKind, batch);
    expectClose(actual, { normalizer: factor, weights }, tolerance);
  },

  shift_tokens_right({ labels, pad_id, decoder_start_id, expected }) {
    const examples = (labels as number[][]).map((row) => ({ inputIds: [1], labels: row }));
    const vocabSize = 1 + Math.max(...(labels as number[][]).flat(), pad_id, decoder_start_id, 1);
    const labelLengths = [labels[0].length];
    const { decoderInputIds } = padBatch(examples, {
      padId: pad_id,
      decoderStartId: decoder_start_id,
      vocabSize,
      labelLengths,
    });
    expect(matrixRows(decoderInputIds)).toEqual(expected);
  },

  // Here a place's share of its segment is what is wanted of the sum, so the sum is what the share divides.
  sum_weights_per_segment({ weights, segment_ids, expected, tolerance = 1e-6 }) {
    const batch: TargetBatch = { targets: weights, lossWeights: weights, segmentIds: segment_ids };
    const { weights: shares } = targetWeights("AVERAGE_PER_SEQUENCE", batch);
    const sums = shares.map((row, i) => row.map((share, j) => (share === 0 ? 0 : weights[i][j] / share)));
    expectClose(sums, expected, tolerance);
  },

  weighted_cross_entropy({ logits, targets, weights, label_smoothing, z_loss, normalizing_factor, ...expected }) {
    const labels = tf.tensor2d(targets, undefined, "int32");
    const options = {
      labelSmoothing: label_smoothing ?? 0,
      zLoss: z_loss ?? 0,
      normalizer: normalizing_factor ?? ("sum" as const),
      ...(weights ? { weights: tf.tensor2d(weights) } : {}),
    };
    const { value, grads } = valueAndGrad(({ x }: { x: tf.Tensor }) => languageModelLoss(x, labels, options))({
      x: tf.tensor3d(logits),
    });
    const tolerance = expected.tolerance ?? 1e-6;
    expectFloat32(value, expected.loss, tolerance, "loss");
    const zPart = tf.mul(z_loss ?? 0, zLoss(tf.tensor3d(logits), labels, options)) as tf.Scalar;
    expectFloat32(zPart, expected.z_loss_part, tolerance, "z_loss_part");
    expectClose(tf.sum(options.weights ?? tf.onesLike(labels)).dataSync()[0], expected.weight_sum, tolerance);
    // 2^-22: two units in the last place of a float32 of about 1.
    if (expected.gradient)
      expectClose(grads.x.arraySync(), expected.gradient, Math.max(tolerance, 2 ** -22), "gradient");
  },

  mean_cross_entropy({ logits, labels, ignore_index, expected, tolerance = 1e-6 }) {
    const loss = languageModelLoss(tf.tensor3d(logits), tf.tensor2d(labels, undefined, "int32"), {
      ignoreId: ignore_index ?? -100,
    });
    expectFloat32(loss, expected, tolerance, "loss");
  },
});

/** As `expectClose`, but to two units in the last place of a float32 of that size where the tolerance is finer. */
function expectFloat32(actual: tf.Scalar, expected: number | null | undefined, tolerance: number, path: string): void {
  if (expected === null || expected === undefined) return;
  const unit = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(expected), 2 ** -126))) - 23);
  expect(actual.dtype).toBe("float32");
  expectClose(actual.dataSync()[0], expected, Math.max(tolerance, 2 * unit), path);
}
