import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { simdInfo } from "../index.js";
import { describeConfigurations, expectClose, type Input, normal, runKernel } from "../testing/conformance.js";

const rng = createRng(12);

const ATTRIBUTES = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
  meanCorrection: 1 - 0.9 ** 3,
  varianceCorrection: 1 - 0.99 ** 3,
  gradScale: 0.25,
  isRmsScaled: false,
};

/** One step in float64, of Loshchilov and Hutter's algorithm 2. */
function reference(
  { param, grad, mean, variance }: Record<"param" | "grad" | "mean" | "variance", Input>,
  a: typeof ATTRIBUTES,
): Float64Array[] {
  const n = param.values.length;
  const rms = Math.sqrt(Array.from(param.values).reduce((sum, value) => sum + value * value, 0) / n);
  const rate = a.learningRate * (a.isRmsScaled ? Math.max(1e-3, rms) : 1);
  const [p, m, v] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const g = grad.values[i]! * a.gradScale;
    m[i] = a.beta1 * mean.values[i]! + (1 - a.beta1) * g;
    v[i] = a.beta2 * variance.values[i]! + (1 - a.beta2) * g * g;
    const direction = m[i]! / a.meanCorrection / (Math.sqrt(v[i]! / a.varianceCorrection) + a.epsilon);
    p[i] = param.values[i]! * (1 - a.learningRate * a.weightDecay) - rate * direction;
  }
  return [p, m, v];
}

describeConfigurations("AdamWUpdate", () => {
  it.each([1, 3, 17, 513, 100_003])("steps %i parameters, with and without scaling by their size", (n) => {
    for (const isRmsScaled of [false, true]) {
      const squares = { ...normal(rng, [n]) };
      const variance = { ...squares, values: squares.values.map((x) => x * x) };
      const inputs = { param: normal(rng, [n], 0.1), grad: normal(rng, [n]), mean: normal(rng, [n]), variance };
      const attributes = { ...ATTRIBUTES, isRmsScaled };
      tf.tidy(() => {
        const outputs = runKernel("AdamWUpdate", inputs, attributes);
        for (const [i, expected] of reference(inputs, attributes).entries()) expectClose(outputs[i]!, expected, 1e-6);
      });
    }
  });

  it("writes over the parameter's memory, but not where a clone shares it", async () => {
    await tf.setBackend("simd");
    const attrs = ATTRIBUTES as unknown as tf.NamedAttrMap;
    const step = (param: tf.Tensor, rest: tf.Tensor): tf.Tensor[] =>
      tf.engine().runKernel("AdamWUpdate", { param, grad: rest, mean: rest, variance: rest }, attrs);
    const [param, rest] = [tf.ones([1000]), tf.ones([1000])];
    const before = simdInfo().liveBytes;
    const first = step(param, tf.clone(rest)) as [tf.Tensor, tf.Tensor, tf.Tensor];
    expect(first[0].dataId).toBe(param.dataId);
    // `rest` is one tensor's memory for gradient, mean and variance: those two results got their own.
    expect(Array.from(rest.dataSync()).every((value) => value === 1)).toBe(true);
    expect(simdInfo().liveBytes - before).toBe(2 * Math.ceil(4000 / 64) * 64);
    const clone = tf.clone(first[0]);
    const kept = clone.dataSync();
    const second = step(first[0], rest);
    expect(second[0]!.dataId).not.toBe(clone.dataId);
    expect(clone.dataSync()).toEqual(kept);
    tf.dispose([param, rest, first, clone, second] as tf.TensorContainer);
  });

  it("sums squares in float64", () => {
    for (const n of [0, 1, 3, 17, 513, 1_000_003]) {
      const x = normal(rng, [n], 100);
      tf.tidy(() => {
        const sum = Array.from(x.values).reduce((total, value) => total + value * value, 0);
        const [y] = runKernel("SumOfSquares", { x }, {}) as [tf.Tensor];
        expect(y.shape).toEqual([]);
        expectClose(y, [sum], 6e-8);
      });
    }
  });
});
