import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import {
  describeConfigurations,
  expectClose,
  expectGradientLikeCpu,
  expectLikeCpu,
  integers,
  normal,
  SPECIAL,
} from "../testing/conformance.js";

const REDUCTIONS: Record<string, (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor> = {
  max: tf.max,
  mean: tf.mean,
  min: tf.min,
  sum: tf.sum,
};

/** Terms of either sign: what is lost is relative to the largest sum on the way, about 40 here. */
const FLOAT32_SUM = 5e-6;

const rng = createRng(3);

describeConfigurations("reductions", () => {
  it.each(Object.entries(REDUCTIONS))("%s reduces any axes", async (_, f) => {
    const x = normal(rng, [3, 5, 2, 7]);
    for (const axis of [undefined, 0, 1, -1, [0, 1], [1, 2], [0, 2], [1, 3], [0, 1, 2, 3], []]) {
      for (const keepDims of [false, true]) {
        await expectLikeCpu(({ x }) => f(x!, axis, keepDims), { x }, FLOAT32_SUM);
      }
    }
    for (const shape of [[1], [17], [513], [1, 1, 1], [3, 1, 5]]) {
      await expectLikeCpu(({ x }) => f(x!), { x: normal(rng, shape) }, FLOAT32_SUM);
    }
    for (const axis of [0, 1]) await expectLikeCpu(({ x }) => f(x!, axis), { x: normal(rng, [130, 517]) }, FLOAT32_SUM);
    await expectLikeCpu(({ x }) => f(x!), { x: SPECIAL });
    await expectLikeCpu(({ x }) => f(x!, 0), { x: { ...SPECIAL, shape: [1, 13] } });
  });

  it("follows tfjs for integers and where there is nothing to reduce", async () => {
    await expectLikeCpu(({ x }) => [tf.sum(x!, 0), tf.max(x!, 1)], { x: integers(rng, [3, 5], -9, 9) }, 0);
    await expectLikeCpu(({ x }) => [tf.sum(x!, 0), tf.sum(x!, 1)], { x: normal(rng, [0, 3]) }, 0);
    await expectLikeCpu(
      ({ x }) => [tf.any(tf.greater(x!, 0)), tf.all(tf.greater(x!, 0), 1)],
      { x: normal(rng, [3, 4]) },
      0,
    );
  });

  it("sums a million numbers to float32's precision", async () => {
    await tf.setBackend("simd");
    const values = Float32Array.from({ length: 1_000_003 }, () => rng.uniform());
    const sum = values.reduce((total, value) => total + value, 0);
    tf.tidy(() => {
      expectClose(tf.sum(tf.tensor(values)), [sum], 1e-7);
      const columns = new Float64Array(3);
      for (const [i, value] of values.subarray(0, 999_999).entries()) columns[i % 3]! += value;
      expectClose(tf.sum(tf.reshape(tf.tensor(values.subarray(0, 999_999)), [-1, 3]), 0), columns, 1e-6);
    });
  });

  it("finds the place of the first extreme", async () => {
    for (const shape of [[1], [17], [3, 513], [2, 3, 5]]) {
      const x = integers(rng, shape, -3, 3);
      const floats = { ...x, values: Float32Array.from(x.values), dtype: "float32" as const };
      for (const axis of [0, -1])
        await expectLikeCpu(({ x }) => [tf.argMax(x!, axis), tf.argMin(x!, axis)], { x: floats }, 0);
    }
    await expectLikeCpu(({ x }) => [tf.argMax(x!), tf.argMin(x!)], { x: SPECIAL }, 0);
    const rows = integers(rng, [5, 103], -9, 9);
    const values = Float32Array.from(rows.values);
    values.fill(-Infinity, 0, 103);
    values.fill(Infinity, 103, 206);
    values.set([Number.NaN], 206); // never is the place of an extreme, but as the first
    values.set([1, Number.NaN, -0, 0, Number.NaN], 309);
    values.set([Infinity, Number.NaN, -Infinity], 510);
    const x = { ...rows, values, dtype: "float32" as const };
    await expectLikeCpu(({ x }) => [tf.argMax(x!, 1), tf.argMin(x!, 1)], { x }, 0);
  });

  it("has tfjs's softmax, whatever the logits", async () => {
    for (const shape of [[1], [5], [17, 3], [3, 513], [2, 3, 17], [0, 5]]) {
      await expectLikeCpu(({ x }) => [tf.softmax(x!), tf.logSoftmax(x!), tf.logSumExp(x!, -1)], {
        x: normal(rng, shape, 5),
      });
    }
    const far = {
      ...normal(rng, [4, 3]),
      values: Float32Array.of(1e4, -1e4, 0, -1e9, -1e9, -1e9, 88, 89, 90, -Infinity, 0, 1),
    };
    await expectLikeCpu(({ x }) => tf.softmax(x!), { x: far });
    await expectLikeCpu(({ x }) => tf.softmax(x!), { x: SPECIAL });
    await expectGradientLikeCpu(({ x }) => tf.softmax(x!), { x: normal(rng, [3, 17]) });
    await expectGradientLikeCpu(({ x }) => tf.logSoftmax(x!), { x: normal(rng, [3, 17]) });
  });

  it("has the kernel LogSoftmax", async () => {
    await tf.setBackend("simd");
    const x = normal(rng, [3, 17], 4);
    tf.tidy(() => {
      const logits = tf.tensor(x.values, x.shape);
      const attrs = { axis: -1 } as unknown as tf.NamedAttrMap;
      const y = tf.engine().runKernel<tf.Tensor>("LogSoftmax", { logits }, attrs);
      const expected = [0, 1, 2].flatMap((row) => {
        const line = Array.from(x.values.slice(row * 17, row * 17 + 17));
        const logZ = Math.log(line.reduce((sum, value) => sum + Math.exp(value), 0));
        return line.map((value) => value - logZ);
      });
      expectClose(y, expected, 1e-6);
      expect(y.shape).toEqual([3, 17]);
    });
  });

  it("has the gradients of the CPU backend", async () => {
    for (const axis of [0, 1, 2, [0, 2], [0, 1, 2]]) {
      for (const f of [tf.sum, tf.mean, tf.max]) {
        await expectGradientLikeCpu(({ x }) => f(x!, axis), { x: normal(rng, [3, 5, 4]) });
      }
    }
  });
});
