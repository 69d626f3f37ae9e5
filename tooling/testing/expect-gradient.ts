import { createRng } from "@t5ts/random";
import { leaves, type TensorTree, valueAndGrad, withLeaves } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/**
 * Checks the gradient of `f` at `inputs` against central differences, coordinate by coordinate.
 *
 * `f` may return a tensor of any shape: it is weighted by fixed random numbers and summed, so that every element of
 * the result counts differently.
 *
 * @param tolerance Relative to the larger of 1 and the size of the gradient. Central differences with float32 forward
 *   passes are good to about three digits, hence the default.
 */
export function expectGradient<T extends TensorTree>(
  f: (inputs: T) => tf.Tensor,
  inputs: T,
  { step = 1e-2, tolerance = 5e-3 }: { step?: number; tolerance?: number } = {},
): void {
  const weigh = (y: tf.Tensor): tf.Scalar => {
    const rng = createRng(99);
    const weights = Float32Array.from({ length: y.size }, () => rng.uniform() * 2 - 1);
    return tf.sum(tf.mul(y, tf.tensor(weights, y.shape))) as tf.Scalar;
  };
  const { grads } = valueAndGrad((tree: T) => weigh(f(tree)))(inputs);
  const values = leaves(inputs).map((leaf) => leaf.dataSync().slice());
  const shapes = leaves(inputs).map((leaf) => leaf.shape);
  const at = (which: number, coordinate: number, delta: number): number =>
    tf.tidy(() => {
      const moved = values.map((data, i) => {
        const copy = Float32Array.from(data);
        if (i === which) copy[coordinate]! += delta;
        return tf.tensor(copy, shapes[i]);
      });
      return weigh(f(withLeaves(inputs, moved))).dataSync()[0] as number;
    });
  for (const [which, grad] of leaves(grads).entries()) {
    const actual = grad.dataSync();
    expect(grad.shape, `shape of gradient ${which}`).toEqual(shapes[which]);
    for (let i = 0; i < actual.length; i++) {
      const expected = (at(which, i, step) - at(which, i, -step)) / (2 * step);
      const allowed = tolerance * Math.max(1, Math.abs(expected));
      if (!(Math.abs((actual[i] as number) - expected) <= allowed)) {
        expect.fail(`gradient of input ${which} at ${i}: finite difference ${expected}, got ${actual[i]}`);
      }
    }
  }
}
