import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { describeConfigurations, expectClose, type Input, normal, numbers, runKernel } from "../testing/conformance.js";

const rng = createRng(22);

/** The places of the largest of a row, by sorting all of it. */
function bestPlaces(row: number[], count: number): number[] {
  const places = [...row.keys()].filter((i) => row[i]! > -Infinity);
  return places.sort((i, j) => row[j]! - row[i]! || i - j).slice(0, count);
}

function expectTop(logits: Input, count: number): void {
  const [rows, length] = logits.shape as [number, number];
  tf.tidy(() => {
    const [values, tokens, logZ] = runKernel("TopLogits", { logits }, { count });
    const found = Array.from(tokens!.dataSync());
    for (let row = 0; row < rows; row++) {
      const all = Array.from(logits.values.subarray(row * length, (row + 1) * length));
      const places = bestPlaces(all, count);
      const missing = Array(count - places.length).fill(-1);
      expect(found.slice(row * count, (row + 1) * count)).toEqual([...places, ...missing]);
    }
    const valueAt = (token: number, i: number): number =>
      token < 0 ? -Infinity : (logits.values[Math.floor(i / count) * length + token] as number);
    expect(Array.from(values!.dataSync())).toEqual(found.map(valueAt));
    const sums = Array.from({ length: rows }, (_, row) => {
      const all = Array.from(logits.values.subarray(row * length, (row + 1) * length));
      const peak = Math.max(...all);
      return peak + Math.log(all.reduce((sum, x) => sum + Math.exp(x - peak), 0));
    });
    expectClose(logZ!, sums, 1e-6);
  });
}

describeConfigurations("TopLogits", () => {
  it.each([
    [1, 1, 1],
    [1, 3, 8],
    [4, 17, 2],
    [3, 513, 10],
    [4, 32_128, 8],
    [33, 1000, 5],
  ])("finds the best of %i rows of %i", (rows, length, count) => {
    expectTop(normal(rng, [rows, length], 5), count);
  });

  it("takes the first of equals, and never -infinity", () => {
    expectTop(
      numbers(
        Array.from({ length: 40 }, (_, i) => i % 3),
        [1, 40],
      ),
      20,
    );
    expectTop(numbers([-Infinity, 2, -Infinity, -Infinity, 1, -Infinity, -Infinity, -Infinity, 3], [1, 9]), 5);
  });
});
