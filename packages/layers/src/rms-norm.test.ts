import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { initRmsNorm, type RmsNormParams, rmsNorm } from "./rms-norm.js";

describeOnBackends("rmsNorm", () => {
  it("divides each vector by its root mean square, and leaves its mean", () => {
    // √((1 + 49) / 2) = 5, √((9 + 16) / 2) = 5 / √2
    const y = rmsNorm(
      initRmsNorm(2),
      tf.tensor2d([
        [1, 7],
        [3, 4],
      ]),
      0,
    );
    expectTensor(y, [0.2, 1.4, 0.6 * Math.SQRT2, 0.8 * Math.SQRT2]);
  });

  it("scales each dimension by its weight", () => {
    expectTensor(rmsNorm({ weight: tf.tensor1d([10, -1]) }, tf.tensor2d([[1, 7]]), 0), [2, -1.4]);
  });

  it("adds epsilon to the mean square, so that nothing is divided by 0", () => {
    expectTensor(rmsNorm(initRmsNorm(2), tf.zeros([1, 2]), 1e-6), [0, 0]);
    expectTensor(rmsNorm(initRmsNorm(2), tf.tensor2d([[1, 7]]), 24), [1 / 7, 1]);
  });

  it("has the gradients that finite differences give", () => {
    const tree = { params: { weight: tf.tensor1d([0.5, -1, 2]) }, x: randomNormal(createRng(3), [2, 2, 3]) };
    expectGradient((tree: { params: RmsNormParams; x: tf.Tensor }) => rmsNorm(tree.params, tree.x, 1e-6), tree);
  });
});
