import { namedLeaves, type TensorTree, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { mapNamedLeaves } from "./named-leaves.js";

export type UpdateOptions = {
  /** Updates made before this one. */
  step: number;
  learningRate: number;
  /** What the gradients are multiplied by first: clipping and averaging, without a pass of their own. Default 1. */
  gradScale?: number;
};

/**
 * How gradients change parameters: two functions, and a state that goes in and comes out.
 *
 * `update` gives new parameters and not what to add to them, so that a backend can do it in one pass and in place.
 */
export type Optimizer<P extends TensorTree, S extends TensorTree> = {
  /** The state before the first update, the caller's. */
  init(params: P): S;
  /** New parameters and state, the caller's. The arguments are borrowed, but hold undefined numbers afterwards. */
  update<Q extends P>(grads: Q, state: S, params: Q, options: UpdateOptions): { params: Q; state: S };
};

/** What an optimizer may treat differently from parameter to parameter, by dotted path. */
export type ParameterRules = {
  /** Which parameters decay. Default `isDecayed`. */
  decays?: (path: string, shape: readonly number[]) => boolean;
  /** A factor on the learning rate, for each parameter. Default 1. */
  learningRateScale?: (path: string) => number;
};

/**
 * Whether weight decay is meant for a parameter: for matrices, and not for norms, biases (that of relative positions
 * included) and single numbers.
 */
export function isDecayed(path: string, shape: readonly number[]): boolean {
  return shape.length >= 2 && !/norm|bias/i.test(path);
}

/** The tensors of one parameter's state, by the name of the state's tree that they're in. */
export type LeafState<Part extends string> = Partial<Record<Part, tf.Tensor>>;

/** Parameter by parameter, so that what a large one needs in between is freed before the next. */
export function updateEach<P extends TensorTree, Part extends string>(
  parts: readonly Part[],
  { grads, state, params }: { grads: P; state: Readonly<Record<Part, TensorTree>>; params: P },
  update: (
    path: string,
    leaf: { param: tf.Tensor; grad: tf.Tensor; state: LeafState<Part> },
  ) => { param: tf.Tensor; state: LeafState<Part> },
): { params: P; state: Record<Part, TensorTree> } {
  const gradOf = new Map(namedLeaves(grads));
  const stateOf = new Map(parts.map((part) => [part, new Map(namedLeaves(state[part]))]));
  const next = new Map<string, { param: tf.Tensor; state: LeafState<Part> }>();
  for (const [path, param] of namedLeaves(params)) {
    const grad = gradOf.get(path);
    if (grad === undefined) throw new Error(`Optimizer.update: the gradients lack "${path}"`);
    const own = Object.fromEntries(parts.map((part) => [part, stateOf.get(part)!.get(path)])) as LeafState<Part>;
    next.set(path, tidy(() => update(path, { param, grad, state: own })) as ReturnType<typeof update>);
  }
  return {
    params: mapNamedLeaves((path) => next.get(path)!.param, params),
    state: mapParts(parts, (part) => mapNamedLeaves((path) => next.get(path)!.state[part], params)),
  };
}

/** A state of one tree for each part, from the tensors of each parameter's state. */
export function initEach<Part extends string>(
  parts: readonly Part[],
  params: TensorTree,
  init: (param: tf.Tensor) => LeafState<Part>,
): Record<Part, TensorTree> {
  const made = new Map(namedLeaves(params).map(([path, param]) => [path, init(param)]));
  return mapParts(parts, (part) => mapNamedLeaves((path) => made.get(path)![part], params));
}

/** The gradient times `gradScale`. */
export function scaled(grad: tf.Tensor, gradScale: number): tf.Tensor {
  return gradScale === 1 ? grad : tf.mul(grad, gradScale);
}

function mapParts<Part extends string>(
  parts: readonly Part[],
  f: (part: Part) => TensorTree,
): Record<Part, TensorTree> {
  return Object.fromEntries(parts.map((part) => [part, f(part)])) as Record<Part, TensorTree>;
}
