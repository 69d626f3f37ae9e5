import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { initLinear, type LinearParams, linear } from "./linear.js";

describeOnBackends("linear", () => {
  it("multiplies rows by a matrix, without bias", () => {
    const weight = tf.tensor2d([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expectTensor(
      linear(
        { weight },
        tf.tensor2d([
          [1, 1],
          [0, 2],
        ]),
      ),
      [11, 22, 33, 20, 40, 60],
    );
  });

  it("maps the last axis, whatever is in front", () => {
    const params = initLinear(createRng(0), 3, 4, 1);
    const x = tf.reshape(tf.range(0, 30), [2, 1, 5, 3]);
    const y = linear(params, x);
    expect(y.shape).toEqual([2, 1, 5, 4]);
    expectTensor(y, tf.matMul(tf.reshape(x, [10, 3]) as tf.Tensor2D, params.weight, false, true), 1e-4); // values reach 50
  });

  it("has the gradients that finite differences give", () => {
    const tree = { params: initLinear(createRng(0), 3, 2, 1), x: tf.randomNormal([2, 2, 3], 0, 1, "float32", 1) };
    expectGradient((tree: { params: LinearParams; x: tf.Tensor }) => linear(tree.params, tree.x), tree);
  });

  it("starts with the deviation that is asked for", () => {
    const { variance, mean } = tf.moments(initLinear(createRng(0), 100, 200, 0.3).weight);
    // Four of the deviations that a variance and a mean of 20,000 normal numbers have.
    expect(Math.abs(variance.dataSync()[0]! / 0.09 - 1)).toBeLessThan(0.04);
    expect(Math.abs(mean.dataSync()[0]!)).toBeLessThan(0.009);
  });
});
