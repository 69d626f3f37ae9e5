import { CPU_BACKEND, leaves, selectBackend } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type AdafactorOptions, type AdafactorState, adafactor } from "./adafactor.js";
import { describeOptimizer } from "./testing/describe-optimizer.js";

describeOptimizer("adafactor", (options) => adafactor(options));
describeOptimizer("adafactor, factored", (options) => adafactor({ ...options, minDimSizeToFactor: 0 }));
describeOptimizer("adafactor, with momentum", (options) => adafactor({ ...options, beta1: 0.5 }));
describeOptimizer("adafactor, of transformers", (options) => adafactor({ ...options, dialect: "transformers" }));

function step(options: AdafactorOptions, param: tf.Tensor, grad: tf.Tensor, learningRate = 0.1) {
  const optimizer = adafactor(options);
  const params = { weight: param };
  return optimizer.update({ weight: grad }, optimizer.init(params), params, { step: 0, learningRate });
}

const shapes = (options: AdafactorOptions, shape: number[]): Record<string, number[] | undefined> => {
  const state = adafactor(options).init({ weight: tf.zeros(shape) });
  const shapeOf = (part: keyof AdafactorState) => leaves(state[part])[0]?.shape;
  return { row: shapeOf("row"), column: shapeOf("column"), full: shapeOf("full"), mean: shapeOf("mean") };
};

describe("adafactor", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  it("keeps the means over the two largest axes where both are large enough", () => {
    expect(shapes({}, [128, 129])).toEqual({ row: [128], column: [129] });
    expect(shapes({}, [129, 128])).toEqual({ row: [128], column: [129] });
    expect(shapes({}, [127, 500])).toEqual({ full: [127, 500] });
    expect(shapes({}, [500])).toEqual({ full: [500] });
    expect(shapes({ minDimSizeToFactor: 3 }, [4, 2, 3])).toEqual({ row: [2, 3], column: [4, 2] });
    expect(shapes({ beta1: 0.9 }, [2])).toEqual({ full: [2], mean: [2] });
  });

  it("keeps those over the last two in transformers, however small", () => {
    const transformers = { dialect: "transformers" } as const;
    expect(shapes(transformers, [4, 2, 3])).toEqual({ row: [4, 2], column: [4, 3] });
    expect(shapes(transformers, [1, 2])).toEqual({ row: [1], column: [2] });
    expect(shapes(transformers, [500])).toEqual({ full: [500] });
  });

  it("decays by the weight itself, or in transformers by rate and scale", () => {
    const nothing = tf.zeros([1]);
    const weight = tf.tensor1d([2]);
    const decays = (): boolean => true;
    expectTensor(step({ weightDecay: 0.1, decays }, weight, nothing).params.weight, [1.8], 1e-6);
    expectTensor(
      step({ weightDecay: 0.1, decays, weightDecayRateExponent: 2 }, weight, nothing).params.weight,
      [1.998],
      1e-6,
    );
    // 0.1 of 2, times the rate 0.1, times the scale 2
    const transformers = { weightDecay: 0.1, decays, dialect: "transformers" } as const;
    expectTensor(step(transformers, weight, nothing).params.weight, [1.96], 1e-6);
  });

  it("moves in proportion to the parameter's root mean square, between bounds", () => {
    const move = (options: AdafactorOptions, value: number): number =>
      value - (step(options, tf.tensor1d([value]), tf.tensor1d([5])).params.weight.dataSync()[0] as number);
    expect(move({}, 3)).toBeCloseTo(0.3, 6);
    expect(move({}, 0)).toBeCloseTo(0.0001, 9);
    expect(move({ epsilon2: 0.5 }, 0)).toBeCloseTo(0.05, 7);
    expect(move({ maxParameterScale: 2 }, 3)).toBeCloseTo(0.2, 6);
    expect(move({ hasParameterScale: false }, 3)).toBeCloseTo(0.1, 6);
  });

  it("bounds the root mean square of an update", () => {
    // Divided by its root, the gradient is (1, 0), of root mean square 1/√2; at most 0.5 makes (1/√2, 0) of it.
    const optimizer = adafactor({ hasParameterScale: false, decayRate: 1, clippingThreshold: 0.5 });
    const params = { weight: tf.tensor1d([0, 0]) };
    const next = optimizer.update({ weight: tf.tensor1d([1, 0]) }, optimizer.init(params), params, {
      step: 0,
      learningRate: 1,
    });
    expectTensor(next.params.weight, [-Math.SQRT1_2, 0], 1e-6);
    const free = adafactor({ hasParameterScale: false, clippingThreshold: null });
    expectTensor(
      free.update({ weight: tf.tensor1d([1, 0]) }, free.init(params), params, { step: 0, learningRate: 1 }).params
        .weight,
      [-1, 0],
      1e-6,
    );
  });

  it("counts its steps from an offset", () => {
    const state = { row: {}, column: {}, full: { weight: tf.tensor1d([4]) }, mean: {} };
    const update = (stepOffset: number) =>
      adafactor({ stepOffset, decayRate: 1 }).update(
        { weight: tf.tensor1d([1]) },
        state,
        { weight: tf.tensor1d([1]) },
        { step: 3, learningRate: 0.1 },
      ).state;
    expectTensor(leaves(update(0).full)[0]!, [(3 / 4) * 4 + 1 / 4], 1e-6);
    expectTensor(leaves(update(2).full)[0]!, [(1 / 2) * 4 + 1 / 2], 1e-6);
  });
});

describeOnBackends("adafactor", () => {
  it("is exact for a gradient that is a product of a row and a column, factored or not", () => {
    const grad = tf.mul(tf.tensor2d([[1], [-2], [3]]), tf.tensor2d([[0.5, -4]]));
    const options = { hasParameterScale: false, clippingThreshold: null };
    for (const minDimSizeToFactor of [0, 128]) {
      const { params } = step({ ...options, minDimSizeToFactor }, tf.zeros([3, 2]), grad);
      expectTensor(params.weight, tf.mul(tf.sign(grad), -0.1), 1e-6);
    }
  });
});
