import { createRng } from "@t5ts/random";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { addDropout, dropout } from "./dropout.js";
import { valueAndGrad } from "./value-and-grad.js";

describeOnBackends("dropout", () => {
  it("is the identity without a generator or at rate 0", () => {
    const x = tf.ones([4]);
    expect(dropout(x, 0.5)).toBe(x);
    expect(dropout(x, 0, createRng(0))).toBe(x);
  });

  it("keeps 1 - rate of the elements and the mean", () => {
    const y = dropout(tf.ones([100, 100]), 0.2, createRng(3)).dataSync();
    const kept = y.filter((value) => value !== 0).length;
    expect(Math.abs(kept - 8000)).toBeLessThan(4 * Math.sqrt(10_000 * 0.2 * 0.8));
    expect(y.find((value) => value !== 0)).toBeCloseTo(1.25, 6);
  });

  it("draws another mask at each call and the same ones from the same generator", () => {
    const rng = createRng(5);
    const x = tf.ones([64]);
    const [first, second] = [dropout(x, 0.5, rng), dropout(x, 0.5, rng)];
    expect(Array.from(first.dataSync())).not.toEqual(Array.from(second.dataSync()));
    expectTensor(dropout(x, 0.5, createRng(5)), first, 0);
  });

  it("lets the gradient through exactly where it let the value through", () => {
    const x = tf.ones([64]);
    const y = dropout(x, 0.3, createRng(7));
    const { grads } = valueAndGrad(({ x }: { x: tf.Tensor }) => tf.sum(dropout(x, 0.3, createRng(7))) as tf.Scalar)({
      x,
    });
    expectTensor(grads.x, y, 1e-6);
  });

  it("adds to a residual as dropout and add would", () => {
    const [x, y] = [tf.range(0, 32, 1, "float32"), tf.ones([32])];
    expectTensor(addDropout(x, y, 0.4, createRng(1)), tf.add(x, dropout(y, 0.4, createRng(1))), 0);
  });

  it("refuses a rate of 1", () => {
    expect(() => dropout(tf.ones([1]), 1, createRng(0))).toThrow("rate: expected a number in [0, 1), got 1");
  });
});
