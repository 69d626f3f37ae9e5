import { createRng, type Rng } from "@t5ts/random";
import { dropout, matMulRows, randomNormal } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { LossValue } from "../train-step.js";

/** A model small enough for tests: two layers with dropout between them, for numbers that sum up to a target. */
export type ToyParams = {
  blocks: { weight: tf.Tensor2D }[];
  norm: { scale: tf.Tensor1D };
};

/** Rows of inputs, each with a target; rows of which `isKept` is 0 don't count. */
export type ToyBatch = { x: number[][]; y: number[]; isKept: number[] };

export const TOY_WIDTH = 4;

export function initToy(seed = 0): ToyParams {
  const rng = createRng(seed);
  return {
    blocks: [
      { weight: randomNormal(rng, [3, TOY_WIDTH], 0.5) as tf.Tensor2D },
      { weight: randomNormal(rng, [TOY_WIDTH, 1], 0.5) as tf.Tensor2D },
    ],
    norm: { scale: tf.ones([TOY_WIDTH]) },
  };
}

/** The square error of each row, [batch]. */
export function toyErrors(params: ToyParams, batch: ToyBatch, rng?: Rng): tf.Tensor1D {
  const hidden = tf.mul(tf.tanh(matMulRows(tf.tensor2d(batch.x), params.blocks[0]!.weight)), params.norm.scale);
  const output = matMulRows(rng ? dropout(hidden, 0.25, rng) : hidden, params.blocks[1]!.weight);
  const errors = tf.squaredDifference(tf.reshape(output, [-1]), tf.tensor1d(batch.y));
  return tf.mul(errors, tf.tensor1d(batch.isKept)) as tf.Tensor1D;
}

/** The mean over the rows that count, with dropout. */
export function toyLoss(params: ToyParams, batch: ToyBatch, rng?: Rng): LossValue {
  const kept = batch.isKept.reduce((sum, one) => sum + one, 0);
  const value = tf.div(tf.sum(toyErrors(params, batch, rng)), kept) as tf.Scalar;
  return { value, parts: { error: value } };
}

/** Batch `number` of an endless row of them. */
export function toyBatch(number: number, size = 4): ToyBatch {
  const rng = createRng(7).fork(number);
  const x = Array.from({ length: size }, () => [rng.normal(), rng.normal(), rng.normal()]);
  return { x, y: x.map((row) => row.reduce((sum, value) => sum + value, 0)), isKept: x.map(() => 1) };
}

export function joinBatches(batches: readonly ToyBatch[]): ToyBatch {
  return {
    x: batches.flatMap(({ x }) => x),
    y: batches.flatMap(({ y }) => y),
    isKept: batches.flatMap(({ isKept }) => isKept),
  };
}
