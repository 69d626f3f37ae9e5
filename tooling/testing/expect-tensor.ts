import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/** Compares the numbers of a tensor with `expected`, nested or flat, to an absolute tolerance; NaN equals NaN. */
export function expectTensor(actual: tf.Tensor, expected: tf.TensorLike | tf.Tensor, tolerance = 1e-5): void {
  const values = Array.from(actual.dataSync());
  const wanted = expected instanceof tf.Tensor ? Array.from(expected.dataSync()) : flatten(expected);
  expect(values.length, "number of elements").toBe(wanted.length);
  for (const [i, value] of values.entries()) {
    const want = wanted[i] as number;
    const isClose = Object.is(value, want) || value === want || Math.abs(value - want) <= tolerance;
    if (!isClose)
      expect.fail(`element ${i} of [${actual.shape.join(", ")}]: expected ${want} ± ${tolerance}, got ${value}`);
  }
}

function flatten(nested: unknown): number[] {
  return typeof nested === "number" ? [nested] : Array.from(nested as ArrayLike<unknown>).flatMap(flatten);
}
