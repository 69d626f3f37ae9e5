import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { adapter, initAdapter } from "./adapter.js";

describeOnBackends("adapter", () => {
  it("adds what passes through the bottleneck", () => {
    const params = {
      norm: { weight: tf.tensor1d([1, 2]) },
      down: {
        weight: tf.tensor2d([
          [1, 1],
          [-1, 1],
        ]),
      },
      up: {
        weight: tf.tensor2d([
          [100, 0],
          [0, 10],
        ]),
      },
    };
    // Of [1, 7], normed to [0.2, 2.8]: down to [3, 2.6], up to [300, 26].
    expectTensor(adapter(params, tf.tensor2d([[1, 7]]), 0), [301, 33], 1e-4);
    // Of [-7, 1], normed to [-1.4, 0.4]: down to [-1, 1.8], of which relu leaves [0, 1.8].
    expectTensor(adapter(params, tf.tensor2d([[-7, 1]]), 0), [-7, 19], 1e-4);
  });

  it("starts as the identity, and learns", () => {
    const params = initAdapter(createRng(1), { dModel: 4, dBottleneck: 6 });
    expect(params.down.weight.shape).toEqual([6, 4]);
    expect(params.up.weight.shape).toEqual([4, 6]);
    const x = randomNormal(createRng(2), [2, 3, 4]);
    expectTensor(adapter(params, x, 1e-6), x, 0);
    const [dUp] = tf.grads((up: tf.Tensor) => adapter({ ...params, up: { weight: up as tf.Tensor2D } }, x, 1e-6))([
      params.up.weight,
    ]) as [tf.Tensor];
    expect(tf.max(tf.abs(dUp)).dataSync()[0]).toBeGreaterThan(0.1);
  });

  it("has the gradients that finite differences give", () => {
    const rng = createRng(3);
    const params = {
      ...initAdapter(rng, { dModel: 3, dBottleneck: 2 }),
      up: { weight: randomNormal(rng, [3, 2]) as tf.Tensor2D },
    };
    const tree = { params, x: randomNormal(rng, [2, 3]) };
    expectGradient(({ params, x }: typeof tree) => adapter(params, x, 1e-6), tree, { step: 2e-3, tolerance: 1e-2 });
  });
});
