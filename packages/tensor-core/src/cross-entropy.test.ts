import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { crossEntropy, linearCrossEntropy } from "./cross-entropy.js";
import { randomNormal } from "./random-tensors.js";

describeOnBackends("crossEntropy", () => {
  const makeLabels = (): tf.Tensor1D => tf.tensor1d([1, -100, 3], "int32");

  it("is the negative log probability of the label, and 0 where the label is to be ignored", () => {
    const logits = tf.tensor2d([
      [0, Math.log(2), 0, 0], // 2 of 5
      [9, 9, 9, 9],
      [0, 0, 0, 0], // 1 of 4
    ]);
    expectTensor(crossEntropy(logits, makeLabels()), [Math.log(5 / 2), 0, Math.log(4)], 1e-6);
  });

  it("adds z (log Z)² ", () => {
    const logits = tf.zeros([1, 4]) as tf.Tensor2D;
    const label = tf.tensor1d([2], "int32");
    expectTensor(crossEntropy(logits, label, { zLoss: 0.5 }), [Math.log(4) + 0.5 * Math.log(4) ** 2], 1e-6);
  });

  it("costs nothing when the logits are the smoothed target's own", () => {
    const logits: tf.Tensor2D = tf.log(tf.tensor2d([[0.3 / 3, 0.7, 0.1, 0.1]]));
    expectTensor(crossEntropy(logits, tf.tensor1d([1], "int32"), { labelSmoothing: 0.3 }), [0], 1e-6);
  });

  it("ignores the label that it is told to, such as padding", () => {
    const losses = crossEntropy(tf.zeros([2, 4]) as tf.Tensor2D, tf.tensor1d([0, 1], "int32"), { ignoreId: 0 });
    expectTensor(losses, [0, Math.log(4)], 1e-6);
  });

  it("doesn't overflow", () => {
    const logits = tf.tensor2d([[10000, 0, -10000]]);
    expectTensor(crossEntropy(logits, tf.tensor1d([1], "int32")), [10000], 1e-2);
  });

  for (const options of [{}, { zLoss: 0.1 }, { labelSmoothing: 0.2 }, { zLoss: 0.1, labelSmoothing: 0.2 }]) {
    it(`has the gradient that finite differences give with ${JSON.stringify(options)}`, () => {
      const logits = randomNormal(createRng(1), [3, 4]);
      expectGradient(([x]: [tf.Tensor]) => crossEntropy(x as tf.Tensor2D, makeLabels(), options), [logits]);
    });
  }

  it("is the same through a linear map, gradients included", () => {
    const [x, weight] = [randomNormal(createRng(2), [3, 2]), randomNormal(createRng(3), [5, 2])];
    const labels = makeLabels();
    const logits = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D, false, true) as tf.Tensor2D;
    const whole = crossEntropy(logits, makeLabels());
    expectTensor(linearCrossEntropy(x as tf.Tensor2D, weight as tf.Tensor2D, labels), whole, 1e-6);
    expectGradient(
      ([x, w]: [tf.Tensor, tf.Tensor]) => linearCrossEntropy(x as tf.Tensor2D, w as tf.Tensor2D, labels),
      [x, weight],
    );
  });

  it("refuses a weight of other rows than the vectors are", () => {
    expect(() => linearCrossEntropy(tf.zeros([3, 2]), tf.zeros([2, 5]), makeLabels())).toThrow(
      "linearCrossEntropy: weight: expected [vocabSize, 2], got [2, 5]",
    );
  });

  it("names a bad option", () => {
    expect(() => crossEntropy(tf.zeros([1, 2]), makeLabels(), { labelSmoothing: 1 })).toThrow(
      "labelSmoothing: expected",
    );
  });
});
