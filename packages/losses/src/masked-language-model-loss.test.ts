import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { linearMaskedLanguageModelLoss, maskedLanguageModelLoss, maskedTargets } from "./masked-language-model-loss.js";

const LABELS = [
  [-100, 2, -100],
  [-100, -100, 0],
];
const makeLabels = () => tf.tensor2d(LABELS, [2, 3], "int32");

describeOnBackends("maskedLanguageModelLoss", () => {
  it("costs only where a token was masked", () => {
    const logits = tf.buffer([2, 3, 3]);
    logits.set(Math.log(3), 0, 1, 2); // 3 of 5
    logits.set(50, 1, 1, 0); // not masked
    const expected = (Math.log(5 / 3) + Math.log(3)) / 2;
    expectTensor(maskedLanguageModelLoss(logits.toTensor(), makeLabels()), [expected], 1e-6);
  });

  it("is the same from the hidden states of the masked positions alone", () => {
    const hidden = randomNormal(createRng(1), [2, 3, 4]);
    const weight = randomNormal(createRng(2), [3, 4]) as tf.Tensor2D;
    const logits = tf.reshape(tf.matMul(tf.reshape(hidden, [6, 4]), weight, false, true), [2, 3, 3]);
    const whole = maskedLanguageModelLoss(logits, makeLabels(), { zLoss: 0.1 });
    const targets = maskedTargets(LABELS);
    expectTensor(linearMaskedLanguageModelLoss(hidden, weight, targets, { zLoss: 0.1 }), whole, 1e-6);
    expectGradient(
      ({ hidden, weight }: { hidden: tf.Tensor; weight: tf.Tensor }) =>
        linearMaskedLanguageModelLoss(hidden, weight as tf.Tensor2D, targets, { zLoss: 0.1 }),
      { hidden, weight },
    );
  });

  it("is 0 when nothing was masked", () => {
    const targets = maskedTargets([[-100, -100]]);
    expectTensor(linearMaskedLanguageModelLoss(tf.ones([1, 2, 3]), tf.ones([4, 3]), targets), [0]);
  });

  it("has the gradient that finite differences give", () => {
    const x = randomNormal(createRng(3), [2, 3, 4]);
    expectGradient(({ x }: { x: tf.Tensor }) => maskedLanguageModelLoss(x, makeLabels()), { x });
  });
});

it("maskedTargets lists positions row by row", () => {
  expect(maskedTargets(LABELS)).toEqual({ positions: [1, 5], labels: [2, 0] });
  expect(maskedTargets([Int32Array.of(0, 7)], 0)).toEqual({ positions: [1], labels: [7] });
});
