import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { randomNormal } from "./random-tensors.js";
import { rmsNorm } from "./rms-norm.js";

describeOnBackends("rmsNorm", () => {
  it("divides by the root mean square and keeps the mean", () => {
    // [3, 4]: mean square 12.5
    const y = rmsNorm(tf.tensor2d([[3, 4]]), tf.tensor1d([1, 2]), 0);
    expectTensor(y, [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)], 1e-6);
  });

  it("has the gradient that finite differences give", () => {
    const x = randomNormal(createRng(1), [2, 3, 5]);
    const weight = randomNormal(createRng(2), [5]);
    expectGradient(([x, w]: [tf.Tensor, tf.Tensor]) => rmsNorm(x, w as tf.Tensor1D, 1e-6), [x, weight]);
  });

  it("stays finite for a vector of zeros", () => {
    expectTensor(rmsNorm(tf.zeros([1, 4]), tf.ones([4]), 1e-6), [0, 0, 0, 0]);
  });
});
