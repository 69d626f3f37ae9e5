import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { languageModelLoss } from "./language-model-loss.js";
import { zLoss } from "./z-loss.js";

describeOnBackends("zLoss", () => {
  const makeLabels = () => tf.tensor2d([[0, -100, 1]], [1, 3], "int32");

  it("is the squared logarithm of the sum of exponentials", () => {
    const logits = tf.tensor3d([
      [
        [0, 0],
        [7, 7],
        [Math.log(0.25), Math.log(0.75)],
      ],
    ]);
    expectTensor(zLoss(logits, makeLabels()), [Math.log(2) ** 2 / 2], 1e-6);
    expectTensor(zLoss(logits, makeLabels(), { normalizer: "sum" }), [Math.log(2) ** 2], 1e-6);
  });

  it("is what the language model loss adds", () => {
    const logits = randomNormal(createRng(1), [1, 3, 4]);
    const difference = tf.sub(
      languageModelLoss(logits, makeLabels(), { zLoss: 0.5 }),
      languageModelLoss(logits, makeLabels()),
    );
    expectTensor(difference, tf.mul(0.5, zLoss(logits, makeLabels())), 1e-6);
  });

  it("has the gradient that finite differences give", () => {
    const x = randomNormal(createRng(2), [1, 3, 4]);
    expectGradient(({ x }: { x: tf.Tensor }) => zLoss(x, makeLabels()), { x });
  });
});
