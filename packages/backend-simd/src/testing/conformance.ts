import { createRng, type Rng } from "@t5ts/random";
import { leaves, type TensorTree, valueAndGrad } from "@t5ts/tensor-core";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { registerSimdBackend, type SimdOptions } from "../index.js";
import { LIBRARIES } from "./libraries.js";

/** Every way in which the backend runs: each operation is tested in all of them. */
const CONFIGURATIONS: [title: string, options: SimdOptions][] = [
  [
    "one thread, unshared memory, no fused multiply-add",
    { threads: 1, blas: false, sharedMemory: false, relaxedSimd: false },
  ],
  ["one thread, BLAS", { threads: 1, blas: true, sharedMemory: false }],
  ["two threads", { threads: 2, blas: false }],
  ...LIBRARIES.map((blas): [string, SimdOptions] => [`two threads, ${blas}`, { threads: 2, blas }]),
];

/** Runs one suite in each configuration of the backend. */
export function describeConfigurations(title: string, suite: () => void): void {
  describe.each(CONFIGURATIONS)(`${title}: %s`, (_, options) => {
    beforeAll(() => restart(options));
    afterAll(() => tf.removeBackend("simd"));
    suite();
  });
}

/** Registers the backend anew with these options and makes it the current one. */
export async function restart(options: SimdOptions): Promise<void> {
  if (tf.engine().registryFactory.simd !== undefined) tf.removeBackend("simd");
  await registerSimdBackend(options);
  await tf.setBackend("simd");
}

/** Values for a tensor, on no backend yet. */
export type Input = { shape: number[]; values: tf.TypedArray; dtype: "float32" | "int32" | "bool" };

/** Normally distributed numbers. */
export function normal(rng: Rng, shape: number[], scale = 1): Input {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal() * scale);
  return { shape, values, dtype: "float32" };
}

/** Integers from `low` to `high` - 1. */
export function integers(rng: Rng, shape: number[], low: number, high: number): Input {
  const values = Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => low + rng.integer(high - low));
  return { shape, values, dtype: "int32" };
}

/** These numbers. */
export function numbers(values: number[], shape: number[] = [values.length]): Input {
  return { shape, values: Float32Array.from(values), dtype: "float32" };
}

/** What isn't a usual number, among numbers that are. */
export const SPECIAL: Input = numbers([
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  1e-42,
  3e38,
  -3e38,
  0.5,
  -2.5,
  1.5,
]);

type Inputs = Record<string, Input>;
type Operation = (tensors: Record<string, tf.Tensor>) => tf.Tensor | tf.Tensor[];

/**
 * Checks that `operation` gives here what it gives on tfjs's CPU backend, whose kernels compute in float64: shapes, types
 * and values, to `tolerance` relative to the largest, or to 1 if that's larger.
 */
export async function expectLikeCpu(operation: Operation, inputs: Inputs, tolerance = 1e-6): Promise<void> {
  const run = (): Result[] => tf.tidy(() => [operation(tensorsOf(inputs))].flat().map(resultOf));
  const [wanted, actual] = await onBoth(run);
  compare(wanted, actual, tolerance);
}

/** Checks the gradients of `operation` with respect to the float32 inputs in the same way. */
export async function expectGradientLikeCpu(
  operation: (tensors: Record<string, tf.Tensor>) => tf.Tensor,
  inputs: Inputs,
  tolerance = 1e-5,
): Promise<void> {
  const run = (): Result[] =>
    tf.tidy(() => {
      const { value, grads } = valueAndGrad((tree: TensorTree) => {
        const y = operation(tree as Record<string, tf.Tensor>);
        const weights = normal(createRng(1), y.shape);
        return tf.sum(tf.mul(y, tf.tensor(weights.values, weights.shape))) as tf.Scalar;
      })(tensorsOf(inputs) as TensorTree);
      return [value, ...leaves(grads)].map(resultOf);
    });
  const [wanted, actual] = await onBoth(run);
  compare(wanted, actual, tolerance);
}

/** Runs a kernel of the current backend on tensors made of `inputs`. */
export function runKernel(name: string, inputs: Inputs, attributes: Record<string, unknown>): tf.Tensor[] {
  const attrs = attributes as unknown as tf.NamedAttrMap;
  const outputs = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, tensorsOf(inputs), attrs);
  return [outputs].flat();
}

/** Checks a tensor against numbers computed in float64. */
export function expectClose(actual: tf.Tensor, expected: ArrayLike<number>, tolerance: number): void {
  compare([{ shape: actual.shape, dtype: actual.dtype, values: expected }], [resultOf(actual)], tolerance);
}

type Result = { shape: number[]; dtype: tf.DataType; values: Float32Array | Int32Array | Uint8Array };
type Wanted = Omit<Result, "values"> & { values: ArrayLike<number> };

function resultOf(tensor: tf.Tensor): Result {
  return { shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() };
}

function tensorsOf(inputs: Inputs): Record<string, tf.Tensor> {
  const make = ({ values, shape, dtype }: Input) => tf.tensor(values.slice(), shape, dtype);
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, make(input)]));
}

async function onBoth(run: () => Result[]): Promise<[Result[], Result[]]> {
  await tf.setBackend("cpu");
  const wanted = run();
  await tf.setBackend("simd");
  const before = tf.memory();
  const actual = run();
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers], "tensors left").toEqual([before.numTensors, before.numDataBuffers]);
  return [wanted, actual];
}

function compare(wanted: Wanted[], actual: Result[], tolerance: number): void {
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    wanted.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  for (const [which, { values }] of wanted.entries()) {
    const got = actual[which]!.values;
    expect(got.length).toBe(values.length);
    let size = 1;
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]!);
      if (magnitude > size && magnitude !== Infinity) size = magnitude;
    }
    for (let i = 0; i < values.length; i++) {
      const [want, value] = [values[i]!, got[i]!];
      const isSame = want === value || Object.is(want, value) || Math.abs(want - value) <= tolerance * size;
      if (!isSame) expect.fail(`result ${which}, element ${i}: expected ${want}, got ${value}`);
    }
  }
}
