import type { KeyValue } from "@t5ts/layers";
import { disposeReplaced, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { decodeHidden, startDecoding, toLogits } from "../decoder.js";
import { encode, type T5Inputs } from "../encoder.js";
import { decoderStep, type GenerationState, type GreedyBounds, greedyDecoderSteps } from "../fused/decoder-step.js";
import type { T5Model } from "../params.js";

/** The state before the first token, the caller's to dispose. */
export function startGeneration(model: T5Model, inputs: T5Inputs, task: string | undefined): GenerationState {
  const { config, params } = model;
  const { weight } = params.decoder.finalNorm;
  return tidy(() => ({
    ...startDecoding(model, encode(model, inputs, { task })),
    outputNorm: config.scaleDecoderOutputs ? tf.mul(weight, config.dModel ** -0.5) : tf.clone(weight),
  }));
}

/**
 * Some tokens further: `logits` [rows, vocabSize] of what comes after `tokens` [rows][length].
 *
 * Takes over `state`: frees what the next one doesn't hold.
 */
export function decodeStep(
  model: T5Model,
  tokens: number[][],
  state: GenerationState,
): { logits: tf.Tensor2D; state: GenerationState } {
  const next = tidy(() => logitsAfter(model, idsOf(tokens), state));
  disposeReplaced(state, next.state);
  return next;
}

/**
 * Goes on greedily in one kernel call, for some steps that follow by themselves: `best` [steps, rows], one step at least,
 * the first token with the largest logit, or -1 where there's no largest number.
 *
 * Takes over `state`, if the backend has such a kernel for this case: else it's left as it was.
 */
export function greedySteps(
  model: T5Model,
  tokens: number[][],
  state: GenerationState,
  bounds: GreedyBounds,
): { best: tf.Tensor2D; state: GenerationState } | undefined {
  const next = tidy(() => greedyDecoderSteps(model, idsOf(tokens), state, bounds));
  if (next !== undefined) disposeReplaced(state, next.state);
  return next;
}

function idsOf(tokens: number[][]): tf.Tensor2D {
  const [rows, length] = [tokens.length, tokens[0]?.length ?? 0];
  return tf.tensor2d(Int32Array.from(tokens.flat()), [rows, length], "int32");
}

function logitsAfter(
  model: T5Model,
  ids: tf.Tensor2D,
  state: GenerationState,
): { logits: tf.Tensor2D; state: GenerationState } {
  const step = decoderStep(model, ids, state);
  if (step !== undefined) return step;
  const [rows, length] = ids.shape;
  const { x, state: after } = decodeHidden(model, ids, state);
  const last = tf.slice(x, [0, length - 1, 0], [rows, 1, model.config.dModel]);
  const logits = tf.reshape(toLogits(model, last), [rows, model.config.vocabSize]) as tf.Tensor2D;
  return { logits, state: { ...state, ...after } };
}

/**
 * The state of other rows: row i of the result is row `rows[i]` of `state`, which is taken over.
 *
 * @param inputs The input that each row of `state` is for: where those stay in place, so does what was made of them.
 */
export function pickRows(state: GenerationState, rows: readonly number[], inputs?: readonly number[]): GenerationState {
  const batch = state.crossBias.shape[0] as number;
  if (rows.length === batch && rows.every((row, i) => row === i)) return state;
  const next = tidy(() => {
    const indices = tf.tensor1d(rows as number[], "int32");
    const pick = <T extends tf.Tensor>(x: T): T => tf.gather(x, indices);
    const pickAll = (list: KeyValue[]): KeyValue[] =>
      list.map(({ key, value }) => ({ key: pick(key), value: pick(value) }));
    const self = pickAll(state.self);
    const areInPlace =
      rows.length === batch && inputs !== undefined && rows.every((row, i) => inputs[row] === inputs[i]);
    if (areInPlace) return { ...state, self };
    return { ...state, crossBias: pick(state.crossBias), cross: pickAll(state.cross), self };
  });
  disposeReplaced(state, next);
  return next;
}

/** The rows of a matrix, the caller's to change. */
export async function readRows(matrix: tf.Tensor2D): Promise<Float32Array[]> {
  const [rows, width] = matrix.shape;
  const data = (await matrix.data()) as Float32Array;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * width, (row + 1) * width));
}
