import { disposeTree, mapTree, type TensorTree } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { selectLeaves } from "./named-leaves.js";
import type { Optimizer } from "./optimizer.js";

/** Everything that a step changes. */
export type TrainState<P extends TensorTree, S extends TensorTree> = {
  /** Steps made so far. */
  step: number;
  params: P;
  optimizerState: S;
  /** The running average of the parameters, if one is kept. */
  average?: P;
};

export type InitTrainStateOptions = {
  /** Which parameters the optimizer changes, by dotted path. Default all. */
  isTrainable?: (path: string) => boolean;
  /** Whether to keep a running average of the parameters. */
  hasAverage?: boolean;
};

/** The state before the first step. Takes over `params`. */
export function initTrainState<P extends TensorTree, S extends TensorTree>(
  params: P,
  optimizer: Optimizer<NoInfer<P>, S>,
  { isTrainable = () => true, hasAverage = false }: InitTrainStateOptions = {},
): TrainState<P, S> {
  const optimizerState = optimizer.init(selectLeaves(params, isTrainable));
  // A copy of the numbers: a backend may update the parameters in place.
  const copy = (leaf: tf.Tensor): tf.Tensor => tf.tidy(() => tf.mul(leaf, tf.scalar(1, leaf.dtype)));
  return { step: 0, params, optimizerState, ...(hasAverage ? { average: mapTree(copy, params) } : {}) };
}

/** The tensors of a state, as one tree. */
export function stateTensors<P extends TensorTree, S extends TensorTree>({
  params,
  optimizerState,
  average,
}: TrainState<P, S>): { params: P; optimizerState: S; average: P | undefined } {
  return { params, optimizerState, average };
}

/** Frees a state. */
export function disposeTrainState<P extends TensorTree, S extends TensorTree>(state: TrainState<P, S>): void {
  disposeTree(stateTensors(state));
}
