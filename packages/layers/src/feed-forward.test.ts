import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { ACTIVATIONS, type Activation, type FeedForwardParams, feedForward, initFeedForward } from "./feed-forward.js";

/** The error function by its series, in float64. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const relu = (x: number): number => Math.max(x, 0);
const tanhGelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const silu = (x: number): number => x / (1 + Math.exp(-x));

const FLOAT64: Record<Activation, (x: number) => number> = {
  relu,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_new: tanhGelu,
  silu,
  "gated-relu": relu,
  "gated-gelu": tanhGelu,
  "gated-silu": silu,
};

const INPUTS = [-4, -2.5, -1, -0.3, 0, 0.2, 0.9, 1.7, 3.2];
const identity = (): tf.Tensor2D => tf.tensor2d([[1]]);

describeOnBackends("feedForward", () => {
  for (const activation of ACTIVATIONS) {
    describe(activation, () => {
      const isGated = activation.startsWith("gated-");
      const f = FLOAT64[activation];

      it("is what float64 gives", () => {
        // A width of 1: what `up` and `gate` give is seen as it is.
        const params: FeedForwardParams = {
          ...(isGated ? { gate: { weight: identity() } } : {}),
          up: { weight: tf.tensor2d([[isGated ? 3 : 1]]) },
          down: { weight: tf.tensor2d([[10]]) },
        };
        const y = feedForward(params, tf.tensor2d(INPUTS, [INPUTS.length, 1]), { activation, dropoutRate: 0 });
        const expected = INPUTS.map((x) => 10 * f(x) * (isGated ? 3 * x : 1));
        expectTensor(y, expected, 1e-4); // values reach 300
      });

      it("has the gradients that finite differences give", () => {
        const rng = createRng(6);
        const params = initFeedForward(rng, { dModel: 3, dFf: 4, activation });
        const tree = { params, x: randomNormal(rng, [2, 2, 3]) };
        // The smaller the step, the fewer differences lie across a kink of relu.
        const options = activation.endsWith("relu") ? { step: 2e-3, tolerance: 1e-2 } : {};
        expectGradient(
          ({ params, x }: typeof tree) => feedForward(params, x, { activation, dropoutRate: 0.3, rng: createRng(2) }),
          tree,
          options,
        );
      });
    });
  }

  it("drops what is between the layers, where there is an rng", () => {
    const params: FeedForwardParams = { up: { weight: tf.ones([1000, 1]) }, down: { weight: tf.eye(1000) } };
    const options = { activation: "relu", dropoutRate: 0.25 } as const;
    const x = tf.ones([1, 1]);
    expectTensor(feedForward(params, x, options), tf.ones([1000]), 0);
    const dropped = feedForward(params, x, { ...options, rng: createRng(1) }).dataSync();
    const kept = dropped.filter((value) => value !== 0);
    expect(kept.every((value) => Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    expect(Math.abs(kept.length - 750)).toBeLessThan(4 * Math.sqrt(1000 * 0.25 * 0.75));
  });

  it("refuses parameters that don't fit the activation", () => {
    const x = tf.ones([1, 3]);
    const params = (activation: Activation): FeedForwardParams =>
      initFeedForward(createRng(0), { dModel: 3, dFf: 4, activation });
    const run = (activation: Activation, of: Activation) => () =>
      feedForward(params(of), x, { activation, dropoutRate: 0 });
    expect(run("gated-gelu", "relu")).toThrow('feedForward: activation "gated-gelu" and no gate in the parameters');
    expect(run("relu", "gated-relu")).toThrow('feedForward: activation "relu" and a gate in the parameters');
  });
});
