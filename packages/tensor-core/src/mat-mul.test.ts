import { createRng } from "@t5ts/random";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { matMul } from "./mat-mul.js";
import { randomNormal } from "./random-tensors.js";

/** The definition, in float64. */
function product(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

const transposed = (m: number[][]): number[][] => (m[0] ?? []).map((_, j) => m.map((row) => row[j]!));

describeOnBackends("matMul", () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 17],
    [1, 65, 7],
    [33, 4, 1],
  ] as const) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        it(`gives each product of a batch: ${m}×${k}×${n}, transposeA ${transposeA}, transposeB ${transposeB}`, () => {
          const a = randomNormal(createRng(m), [2, 1, ...(transposeA ? [k, m] : [m, k])]);
          const b = randomNormal(createRng(n), [3, ...(transposeB ? [n, k] : [k, n])]);
          const y = matMul(a, b, { transposeA, transposeB });
          expect(y.shape).toEqual([2, 3, m, n]);
          const [as, bs] = [a.arraySync() as number[][][][], b.arraySync() as number[][][]];
          const expected = as.map(([left]) =>
            bs.map((right) => product(transposeA ? transposed(left!) : left!, transposeB ? transposed(right) : right)),
          );
          expectTensor(y, expected, 1e-4);
        });
      }
    }
  }

  it("names shapes that don't fit", () => {
    expect(() => matMul(tf.zeros([2, 3]), tf.zeros([2, 3]))).toThrow("matMul: [2, 3] and [2, 3] don't fit");
    expect(() => matMul(tf.zeros([2, 3, 4]), tf.zeros([5, 4, 4]))).toThrow("don't fit");
  });
});
