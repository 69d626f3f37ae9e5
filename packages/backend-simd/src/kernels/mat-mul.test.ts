import { createRng } from "@t5ts/random";
import { matMul, matMulRows, valueAndGrad } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import {
  describeConfigurations,
  expectClose,
  expectGradientLikeCpu,
  expectLikeCpu,
  type Input,
  normal,
} from "../testing/conformance.js";

const rng = createRng(4);

/** The product in float64, with the batch axes broadcasting. */
function product(a: Input, b: Input, transposeA: boolean, transposeB: boolean): Float64Array {
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k, n] = [transposeA ? columnsA : rowsA, transposeA ? rowsA : columnsA, transposeB ? rowsB : columnsB];
  const batchShape = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = tf.util.sizeFromShape(batchShape);
  const at = (shape: number[], index: number): number => {
    let [left, offset, stride] = [index, 0, 1];
    for (let axis = 1; axis <= batchShape.length; axis++) {
      const size = batchShape.at(-axis) as number;
      const own = shape.slice(0, -2).at(-axis) ?? 1;
      if (own > 1) offset += (left % size) * stride;
      stride *= own;
      left = Math.floor(left / size);
    }
    return offset;
  };
  const y = new Float64Array(batch * m * n);
  for (let p = 0; p < batch; p++) {
    const [fromA, fromB] = [at(a.shape, p) * m * k, at(b.shape, p) * k * n];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          const left = a.values[fromA + (transposeA ? l * m + i : i * k + l)] as number;
          sum += left * (b.values[fromB + (transposeB ? j * k + l : l * n + j)] as number);
        }
        y[(p * m + i) * n + j] = sum;
      }
    }
  }
  return y;
}

async function expectProduct(
  batchA: number[],
  batchB: number[],
  [m, k, n]: [number, number, number],
  from = rng,
): Promise<void> {
  await tf.setBackend("simd");
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const a = normal(from, [...batchA, ...(transposeA ? [k, m] : [m, k])]);
      const b = normal(from, [...batchB, ...(transposeB ? [n, k] : [k, n])]);
      tf.tidy(() => {
        const y = tf.matMul(tf.tensor(a.values, a.shape), tf.tensor(b.values, b.shape), transposeA, transposeB);
        expect(y.shape.slice(-2)).toEqual([m, n]);
        // Terms of either sign: what is lost is relative to the sums on the way, about √k.
        expectClose(y, product(a, b, transposeA, transposeB), 2e-7 * Math.max(10, Math.sqrt(k)));
      });
    }
  }
}

describeConfigurations("matMul", () => {
  const sizes = [1, 3, 5, 17];
  it("multiplies matrices of every small size", async () => {
    for (const m of sizes) for (const k of sizes) for (const n of sizes) await expectProduct([], [], [m, k, n]);
  });

  it.each([
    [1, 513, 1],
    [1, 513, 1030],
    [513, 17, 1],
    [4, 100, 513],
    [2, 513, 9],
    [3, 1300, 21],
    [2, 4100, 3],
    [8, 520, 31],
    [513, 5, 17],
    [17, 513, 5],
    [7, 300, 530],
    [101, 257, 65],
    [150, 64, 150],
  ] as [number, number, number][])("multiplies [%i, %i] by [.., %i]", async (m, k, n) => {
    await expectProduct([], [], [m, k, n]);
  });

  it("multiplies matrices so large that one side is packed for all threads", async () => {
    await expectProduct([], [], [129, 514, 260], createRng(5));
  });

  it("multiplies batches, broadcasting on either side and on both", async () => {
    await expectProduct([3], [3], [5, 7, 3]);
    await expectProduct([2, 3], [2, 3], [1, 16, 17]);
    await expectProduct([2, 3], [2, 3], [17, 16, 1]);
    await expectProduct([4], [1], [3, 5, 7]);
    await expectProduct([1], [4], [3, 5, 7]);
    await expectProduct([2, 1], [1, 3], [3, 5, 4]);
    await expectProduct([2, 1, 2], [3, 1], [3, 5, 4]);
    await expectProduct([6], [6], [70, 64, 70]);
    await expectProduct([2, 3], [], [17, 5, 9]);
  });

  it("maps the last axis, either way round, with the gradients of the CPU backend", async () => {
    await tf.setBackend("simd");
    for (const shape of [
      [1, 1, 513],
      [2, 3, 17],
      [2, 0, 5],
      [3, 1, 2, 64],
    ]) {
      const x = normal(rng, shape);
      const dIn = shape.at(-1) as number;
      for (const isTransposed of [false, true]) {
        const weight = normal(rng, isTransposed ? [33, dIn] : [dIn, 33]);
        const y = matMulRows(
          tf.tensor(x.values, shape),
          tf.tensor2d(weight.values, weight.shape as [number, number]),
          isTransposed,
        );
        expect(y.shape).toEqual([...shape.slice(0, -1), 33]);
        const rows = { ...x, shape: [x.values.length / dIn, dIn] };
        expectClose(y, product(rows, weight, false, isTransposed), 2e-6);
        await expectGradientLikeCpu(({ x, w }) => matMulRows(x!, w as tf.Tensor2D, isTransposed), { x, w: weight });
        await tf.setBackend("simd");
      }
    }
    const { value, grads } = valueAndGrad(
      ({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => tf.sum(tf.add(matMulRows(x, w as tf.Tensor2D), 1)) as tf.Scalar,
    )({ x: tf.zeros([2, 3, 0]), w: tf.zeros([0, 5]) });
    expectClose(value, [30], 0);
    expect([grads.x.shape, grads.w.shape]).toEqual([
      [2, 3, 0],
      [0, 5],
    ]);
    expect(() => matMulRows(tf.zeros([2, 3, 4]), tf.zeros([5, 6]))).toThrow("inner sizes differ");
  });

  it("gives zeros for a sum of nothing and nothing for no rows", async () => {
    await tf.setBackend("simd");
    tf.tidy(() => {
      expectClose(tf.matMul(tf.zeros([3, 0]), tf.zeros([0, 5])), new Array(15).fill(0), 0);
      expectClose(tf.matMul(tf.zeros([20, 0]), tf.zeros([0, 1])), new Array(20).fill(0), 0);
      expect(tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 5])).shape).toEqual([0, 5]);
      expect(tf.matMul(tf.zeros([2, 4, 3]), tf.zeros([2, 3, 0])).shape).toEqual([2, 4, 0]);
    });
  });

  it("lets NaN and infinity through", async () => {
    const a = { ...normal(rng, [9, 12]) };
    a.values[5] = Number.NaN;
    a.values[30] = Infinity;
    a.values[100] = -Infinity;
    await expectLikeCpu(({ a, b }) => tf.matMul(a!, b!), { a, b: normal(rng, [12, 9]) }, 1e-5);
  });

  it("fuses bias and activation as tfjs says", async () => {
    for (const activation of ["linear", "relu", "sigmoid", "elu"] as const) {
      const inputs = { a: normal(rng, [2, 5, 7]), b: normal(rng, [2, 7, 9]), bias: normal(rng, [9]) };
      await expectLikeCpu(({ a, b, bias }) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation }), inputs, 1e-5);
    }
    const inputs = { a: normal(rng, [7, 5]), b: normal(rng, [7, 9]) };
    await expectLikeCpu(({ a, b }) => tf.fused.matMul({ a: a!, b: b!, transposeA: true }), inputs, 1e-5);
  });

  it("has the gradients of the CPU backend", async () => {
    for (const [a, b, transposeA, transposeB] of [
      [[5, 7], [7, 3], false, false],
      [[5, 7], [3, 7], false, true],
      [[7, 5], [7, 3], true, false],
      [[2, 7, 5], [2, 3, 7], true, true],
      [[2, 3, 17, 8], [2, 3, 8, 5], false, false],
      [[2, 5, 8], [8, 9], false, false],
    ] as [number[], number[], boolean, boolean][]) {
      await expectGradientLikeCpu(({ a, b }) => matMul(a!, b!, { transposeA, transposeB }), {
        a: normal(rng, a),
        b: normal(rng, b),
      });
    }
  });

  it("says which shapes don't fit", async () => {
    await tf.setBackend("simd");
    const attrs = { transposeA: false, transposeB: true } as unknown as tf.NamedAttrMap;
    const run = () => tf.engine().runKernel("BatchMatMul", { a: tf.ones([2, 3]), b: tf.ones([3, 4]) }, attrs);
    expect(run).toThrow("matMul: inner sizes differ: [2, 3] and [3, 4]ᵀ");
  });
});
