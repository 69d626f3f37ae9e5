import { valueAndGrad } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { initUncertainty, jointLoss, taskWeights, uncertaintyLoss } from "./joint-loss.js";

const makeParts = () => ({ lm: tf.scalar(2), nsp: tf.scalar(0.5) });

describeOnBackends("jointLoss", () => {
  it("adds up its parts, each times its weight", () => {
    const { value, parts } = jointLoss(makeParts(), { lm: 1, nsp: 4, tc: 9 });
    expectTensor(value, [4], 1e-6);
    expect(Object.keys(parts)).toEqual(["lm", "nsp"]);
    expectGradient((parts: { lm: tf.Tensor; nsp: tf.Tensor }) => jointLoss(parts as never, { lm: 1, nsp: 4 }).value, {
      ...makeParts(),
    });
  });

  it("names the part without a weight", () => {
    expect(() => jointLoss(makeParts(), { lm: 1 })).toThrow('jointLoss: weights: expected one for "nsp", got {"lm":1}');
  });
});

describeOnBackends("uncertaintyLoss", () => {
  it("begins as the plain sum", () => {
    const { value, parts } = uncertaintyLoss(initUncertainty(["lm", "nsp"]), makeParts());
    expectTensor(value, [2.5], 1e-6);
    expectTensor(parts["weight.lm"]!, [1]);
  });

  it("divides by the variance and adds the logarithm of its root", () => {
    const params = { lm: tf.scalar(Math.log(4)), nsp: tf.scalar(Math.log(0.25)) };
    const { value, parts } = uncertaintyLoss(params, makeParts());
    // 2 / 4 + log 2, and 0.5 · 4 - log 2
    expectTensor(value, [0.5 + 2], 1e-6);
    expectTensor(tf.stack([parts["weight.lm"]!, parts["weight.nsp"]!]), [0.25, 4], 1e-6);
  });

  it("is least where a variance is twice its loss", () => {
    const params = { lm: tf.scalar(Math.log(4)), nsp: tf.scalar(0) };
    const { grads } = valueAndGrad((p: typeof params) => uncertaintyLoss(p, makeParts()).value)(params);
    expectTensor(tf.stack([grads.lm, grads.nsp]), [0, 0], 1e-6); // 4 = 2 · 2, and 1 = 2 · 0.5
  });

  it("has the gradient that finite differences give, for parts and parameters", () => {
    type Inputs = { params: { lm: tf.Tensor; nsp: tf.Tensor }; parts: { lm: tf.Tensor; nsp: tf.Tensor } };
    const inputs: Inputs = { params: { lm: tf.scalar(0.3), nsp: tf.scalar(-0.4) }, parts: makeParts() };
    expectGradient(({ params, parts }: Inputs) => uncertaintyLoss(params as never, parts as never).value, inputs);
  });

  it("names the part without parameters", () => {
    expect(() => uncertaintyLoss(initUncertainty(["lm"]), makeParts())).toThrow(
      'expected parameters for "nsp", got lm',
    );
  });
});

describe("taskWeights", () => {
  it("gives every example the weight of its task", () => {
    expect(taskWeights(["summarize", "squad", "summarize"], { summarize: 2, squad: 0.5 })).toEqual([[2], [0.5], [2]]);
    expect(() => taskWeights(["a"], {})).toThrow('taskWeights: weights: expected one for "a", got {}');
  });
});
