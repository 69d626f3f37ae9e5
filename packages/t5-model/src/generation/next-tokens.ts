import type { KeyValue } from "@t5ts/layers";
import { disposeReplaced, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type DecoderState, decodeHidden, startDecoding, toLogits } from "../decoder.js";
import { encode, type T5Inputs } from "../encoder.js";
import {
  type FusedDecoder,
  fusedGreedySteps,
  fusedStep,
  type GreedyBounds,
  startFusedDecoder,
} from "../fused/decoder.js";
import type { T5Model } from "../params.js";

/** What a generation carries from step to step. */
export type GenerationState = DecoderState & { fused?: FusedDecoder };

export type StartOptions = {
  task: string | undefined;
  /** The input that each row of the batch is for, in the order of the inputs. */
  rows: readonly number[];
  /** The most tokens of a row, if the best is always taken; what pays is then prepared for it. */
  greedyTokens?: number | undefined;
};

/** Makes the state before the first token, the caller's to dispose. */
export function startGeneration(
  model: T5Model,
  inputs: T5Inputs,
  { task, rows, greedyTokens }: StartOptions,
): GenerationState {
  const decoder = pickRows(
    tidy(() => startDecoding(model, encode(model, inputs, { task }))),
    rows,
  );
  const greedy = greedyTokens === undefined ? undefined : { rows: rows.length, maxNewTokens: greedyTokens };
  const fused = tidy(() => startFusedDecoder(model, greedy));
  return fused === undefined ? decoder : { ...decoder, fused };
}

/**
 * Gives the logits [rows, vocabSize] of what comes after `tokens` [rows][length].
 *
 * Takes over `state`: frees what the next one doesn't hold.
 */
export function nextLogits(
  model: T5Model,
  tokens: number[][],
  state: GenerationState,
): { logits: tf.Tensor2D; state: GenerationState } {
  const next = tidy(() => {
    const ids = idsOf(tokens);
    return fusedStep(model, ids, state) ?? composedStep(model, ids, state);
  });
  disposeReplaced(state, next.state);
  return next;
}

/**
 * Goes on greedily, for some steps that follow by themselves: the tokens of each step, one step at least, -1 where a row
 * has no largest number.
 *
 * Takes over `state`, if the backend can do that here: else it's left as it was, and nothing is returned.
 */
export async function nextTokens(
  model: T5Model,
  tokens: number[][],
  state: GenerationState,
  bounds: GreedyBounds,
): Promise<{ steps: ArrayLike<number>[]; state: GenerationState } | undefined> {
  const next = tidy(() => fusedGreedySteps(model, idsOf(tokens), state, bounds));
  if (next === undefined) return undefined;
  disposeReplaced(state, next.state);
  const [steps, rows] = next.best.shape;
  const chosen = (await next.best.data()) as Int32Array;
  next.best.dispose();
  return {
    steps: Array.from({ length: steps }, (_, step) => chosen.subarray(step * rows, (step + 1) * rows)),
    state: next.state,
  };
}

function idsOf(tokens: number[][]): tf.Tensor2D {
  const [rows, length] = [tokens.length, tokens[0]?.length ?? 0];
  return tf.tensor2d(Int32Array.from(tokens.flat()), [rows, length], "int32");
}

/** The plain way, for any model on any backend. */
function composedStep(
  model: T5Model,
  ids: tf.Tensor2D,
  state: GenerationState,
): { logits: tf.Tensor2D; state: GenerationState } {
  const [rows, length] = ids.shape;
  const { x, state: after } = decodeHidden(model, ids, state);
  const last = tf.slice(x, [0, length - 1, 0], [rows, 1, model.config.dModel]);
  const logits = tf.reshape(toLogits(model, last), [rows, model.config.vocabSize]) as tf.Tensor2D;
  return { logits, state: { ...state, ...after } };
}

/**
 * Makes the state of other rows: row i of the result is row `rows[i]` of `state`, which is taken over.
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

/** Reads the rows of a matrix, the caller's to change. */
export async function readRows(matrix: tf.Tensor2D): Promise<Float32Array[]> {
  const [rows, width] = matrix.shape;
  const data = (await matrix.data()) as Float32Array;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * width, (row + 1) * width));
}
