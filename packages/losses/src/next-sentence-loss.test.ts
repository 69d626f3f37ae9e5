import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { nextSentenceAccuracy, nextSentenceCount, nextSentenceLoss } from "./next-sentence-loss.js";

describeOnBackends("nextSentenceLoss", () => {
  const makeLogits = () =>
    tf.tensor2d([
      [Math.log(3), 0], // is next: 3 of 4
      [Math.log(3), 0], // isn't: 1 of 4
      [5, 5],
    ]);
  const makeIsNext = () => tf.tensor1d([1, 0, -100], "int32");

  it("takes the first logit for is next", () => {
    expectTensor(nextSentenceLoss(makeLogits(), makeIsNext()), [(Math.log(4 / 3) + Math.log(4)) / 2], 1e-6);
    const weights = tf.tensor1d([3, 1, 1]);
    const weighted = (3 * Math.log(4 / 3) + Math.log(4)) / 4;
    expectTensor(nextSentenceLoss(makeLogits(), makeIsNext(), { weights }), [weighted], 1e-6);
  });

  it("has the gradient that finite differences give", () => {
    expectGradient(({ x }: { x: tf.Tensor }) => nextSentenceLoss(x, makeIsNext(), { labelSmoothing: 0.1 }), {
      x: makeLogits(),
    });
  });

  it("names the argument whose shape doesn't fit", () => {
    expect(() => nextSentenceLoss(tf.zeros([2, 3]), tf.zeros([2], "int32"))).toThrow(
      "nextSentenceLoss: logits: expected [batch, 2], got [2, 3]",
    );
  });
});

describe("next sentences, counted", () => {
  const right = [[1, 0]];
  const wrong = [[0, 1]];
  const undecided = [[2, 2]];

  it("take off for every real pair that was told, and add for every false one", () => {
    const logits = [...right, ...wrong, ...right, ...wrong, ...undecided, ...undecided, ...right];
    const isNext = [1, 1, 0, 0, 1, 0, -100];
    // Of 6: one real pair told; two false ones, the undecided included.
    expect(nextSentenceCount(logits, isNext)).toBeCloseTo(-1 / 6 + 2 / 6, 12);
    expect(nextSentenceAccuracy(logits, isNext)).toBe(3 / 6);
  });

  it("are 0 for a perfect model on balanced data, and least for one that calls all pairs real", () => {
    expect(nextSentenceCount([...right, ...wrong], [1, 0])).toBe(0);
    expect(nextSentenceCount([...right, ...right], [1, 0])).toBe(-0.5);
    expect(nextSentenceAccuracy([...right, ...wrong], [1, 0])).toBe(1);
  });

  it("are nothing for nothing", () => expect(nextSentenceCount([], [])).toBeNaN());
});
