import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { tokenClassificationLoss } from "./token-classification-loss.js";

const logit = (p: number): number => Math.log(p / (1 - p));

describeOnBackends("tokenClassificationLoss", () => {
  const makeLogits = () =>
    tf.tensor3d([
      [
        [logit(0.75), logit(0.5), logit(0.25)], // as odds 3, 1, 1/3
        [9, 9, 9],
        [0, 0, 0],
      ],
    ]);
  const makeLabels = () => tf.tensor2d([[0, -100, 2]], [1, 3], "int32");
  const entropy = (Math.log(13 / 9) + Math.log(3)) / 2;
  const logSigmoids = (Math.log(0.75) + Math.log(0.5) + Math.log(0.25) + 3 * Math.log(0.5)) / 2;

  it("is the mean cross-entropy of the tokens that count", () => {
    expectTensor(tokenClassificationLoss(makeLogits(), makeLabels()), [entropy], 1e-6);
  });

  it("adds the logarithm of every class's sigmoid, with either sign", () => {
    for (const logSigmoidWeight of [1, -0.25]) {
      const expected = entropy + logSigmoidWeight * logSigmoids;
      expectTensor(tokenClassificationLoss(makeLogits(), makeLabels(), { logSigmoidWeight }), [expected], 1e-6);
    }
  });

  it("rewards, with a weight below 0, a large logit of the wrong class as well", () => {
    const labels = tf.tensor2d([[0]], [1, 1], "int32");
    const loss = (shift: number): number => {
      const logits = tf.fill([1, 1, 2], shift);
      return tokenClassificationLoss(logits, labels, { logSigmoidWeight: -1 }).dataSync()[0] as number;
    };
    expectTensor(tf.scalar(loss(0) - loss(3)), [2 * (Math.log(2) - Math.log1p(Math.exp(-3)))], 1e-6);
  });

  it("has the gradient that finite differences give", () => {
    const weights = tf.tensor2d([[2, 1, 0.5]]);
    for (const options of [{}, { logSigmoidWeight: 0.5, weights }, { logSigmoidWeight: -0.1, labelSmoothing: 0.2 }]) {
      expectGradient(({ x }: { x: tf.Tensor }) => tokenClassificationLoss(x, makeLabels(), options), {
        x: makeLogits(),
      });
    }
  });
});
