import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import {
  addSinusoidalPositions,
  initSinusoidalPositions,
  type SinusoidalPositionParams,
  type SinusoidLayout,
  sinusoids,
} from "./sinusoidal-positions.js";

const { sin, cos } = Math;

describeOnBackends("sinusoids", () => {
  it("alternates sine and cosine over the dimensions, two of them to a frequency", () => {
    // 10000^(2 / 4) = 100
    expectTensor(sinusoids(3, 4), [
      [0, 1, 0, 1],
      [sin(1), cos(1), sin(0.01), cos(0.01)],
      [sin(2), cos(2), sin(0.02), cos(0.02)],
    ]);
  });

  it("alternates sine and cosine over the positions, a frequency to each dimension", () => {
    // 10000^(1 / 4) = 10
    expectTensor(sinusoids(3, 4, { layout: "positions" }), [
      [0, 0, 0, 0],
      [cos(1), cos(0.1), cos(0.01), cos(0.001)],
      [sin(2), sin(0.2), sin(0.02), sin(0.002)],
    ]);
  });

  for (const layout of ["dimensions", "positions"] as SinusoidLayout[]) {
    it(`goes on from any position, as far as one likes: ${layout}`, () => {
      const far = sinusoids(2, 6, { start: 100_000, layout });
      const whole = sinusoids(7, 6, { layout });
      expectTensor(sinusoids(4, 6, { start: 3, layout }), tf.slice(whole, [3, 0], [4, 6]), 0);
      expectTensor(tf.slice(far, [0, 0], [1, 1]), [sin(100_000)], 1e-6); // an even position, an even dimension
    });
  }

  it("takes an odd number of dimensions", () => {
    expectTensor(sinusoids(2, 3), [0, 1, 0, sin(1), cos(1), sin(10000 ** (-2 / 3))]);
  });
});

describeOnBackends("addSinusoidalPositions", () => {
  it("adds the signals times a learned weight, which starts at 1", () => {
    const x = tf.reshape(tf.range(0, 12), [2, 3, 2]);
    const options = { start: 5, layout: "dimensions" } as const;
    const signals = sinusoids(3, 2, { start: 5 });
    expectTensor(addSinusoidalPositions(initSinusoidalPositions(), x, options), tf.add(x, signals));
    expectTensor(addSinusoidalPositions({ weight: tf.scalar(-2) }, x, options), tf.sub(x, tf.mul(2, signals)));
  });

  it("has the gradients that finite differences give", () => {
    const tree = { params: { weight: tf.scalar(0.7) }, x: tf.ones([2, 3, 4]) };
    expectGradient(
      ({ params, x }: { params: SinusoidalPositionParams; x: tf.Tensor }) =>
        addSinusoidalPositions(params, x, { start: 2, layout: "positions" }),
      tree,
    );
    expect(initSinusoidalPositions().weight.shape).toEqual([]);
  });
});
