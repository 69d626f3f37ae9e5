import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { languageModelLoss, linearLanguageModelLoss } from "./language-model-loss.js";

/** Of the three labels that count, the costs are log 4, log(5/2) and log 5. */
const makeLogits = () =>
  tf.tensor3d([
    [
      [0, 0, 0, 0],
      [0, Math.log(2), 0, 0],
    ],
    [
      [Math.log(2), 0, 0, 0],
      [7, 8, 9, 7],
    ],
  ]);
const makeLabels = () =>
  tf.tensor2d(
    [
      [3, 1],
      [2, -100],
    ],
    [2, 2],
    "int32",
  );
const COSTS = [Math.log(4), Math.log(5 / 2), Math.log(5)] as const;
const sum = COSTS[0] + COSTS[1] + COSTS[2];

describeOnBackends("languageModelLoss", () => {
  it("is the mean cost of the labels that count, their sum, or that divided by a number", () => {
    expectTensor(languageModelLoss(makeLogits(), makeLabels()), [sum / 3], 1e-6);
    expectTensor(languageModelLoss(makeLogits(), makeLabels(), { normalizer: "sum" }), [sum], 1e-6);
    expectTensor(languageModelLoss(makeLogits(), makeLabels(), { normalizer: 8 }), [sum / 8], 1e-6);
  });

  it("weighs labels, or whole examples", () => {
    const each = tf.tensor2d([
      [1, 0.5],
      [0, 99],
    ]);
    const weighted = COSTS[0] + 0.5 * COSTS[1];
    expectTensor(languageModelLoss(makeLogits(), makeLabels(), { weights: each }), [weighted / 1.5], 1e-6);
    expectTensor(languageModelLoss(makeLogits(), makeLabels(), { weights: each, normalizer: "sum" }), [weighted], 1e-6);
    const examples = tf.tensor2d([[3], [1]]);
    expectTensor(
      languageModelLoss(makeLogits(), makeLabels(), { weights: examples }),
      [(3 * (COSTS[0] + COSTS[1]) + COSTS[2]) / 7],
      1e-6,
    );
  });

  it("spreads a part of the target over the other classes, and costs what that falls short of", () => {
    const labels = tf.tensor2d([[2]], [1, 1], "int32");
    // Even logits against 0.7 and three times 0.1: log 4 less the entropy of that target.
    const expected = Math.log(4) + 0.7 * Math.log(0.7) + 0.3 * Math.log(0.1);
    expectTensor(languageModelLoss(tf.zeros([1, 1, 4]), labels, { labelSmoothing: 0.3 }), [expected], 1e-6);
  });

  it("is 0 when no label counts", () => {
    const labels = tf.fill([2, 2], -100, "int32");
    expectTensor(languageModelLoss(makeLogits(), labels), [0]);
    expectGradient(({ x }: { x: tf.Tensor }) => languageModelLoss(x, labels), { x: makeLogits() });
  });

  it("has the gradient that finite differences give", () => {
    const weights = tf.tensor2d([
      [1, 0.5],
      [2, 1],
    ]);
    for (const options of [{}, { weights, normalizer: 5 }, { weights, zLoss: 0.1, labelSmoothing: 0.1 }]) {
      expectGradient(({ x }: { x: tf.Tensor }) => languageModelLoss(x, makeLabels(), options), { x: makeLogits() });
    }
  });

  it("is the same from hidden states and the output layer", () => {
    const hidden = randomNormal(createRng(1), [2, 2, 3]);
    const weight = randomNormal(createRng(2), [4, 3]) as tf.Tensor2D;
    const logits = tf.reshape(tf.matMul(tf.reshape(hidden, [4, 3]), weight, false, true), [2, 2, 4]);
    const options = { zLoss: 0.1, labelSmoothing: 0.2 };
    const whole = languageModelLoss(logits, makeLabels(), options);
    expectTensor(linearLanguageModelLoss(hidden, weight, makeLabels(), options), whole, 1e-6);
    expectGradient(
      ({ hidden, weight }: { hidden: tf.Tensor; weight: tf.Tensor }) =>
        linearLanguageModelLoss(hidden, weight as tf.Tensor2D, makeLabels(), options),
      { hidden, weight },
    );
  });

  it("names the argument whose shape doesn't fit", () => {
    const labels = tf.zeros([2, 3], "int32");
    expect(() => languageModelLoss(makeLogits(), labels)).toThrow(
      "languageModelLoss: labels: expected [batch=2, length=2], got [2, 3]",
    );
  });
});
