import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { type HeadMerge, mergedWidth, mergeHeads, splitHeads } from "./heads.js";

/** Two positions of two heads of width 3: position 10, 20; head 100, 200; dimension 1, 2, 3. */
const split = () =>
  tf.tensor4d([
    [
      [
        [111, 112, 113],
        [121, 122, 123],
      ],
      [
        [211, 212, 213],
        [221, 222, 223],
      ],
    ],
  ]);

describeOnBackends("splitHeads", () => {
  it("cuts each vector into heads", () => {
    const x = tf.tensor3d([
      [
        [111, 112, 113, 211, 212, 213],
        [121, 122, 123, 221, 222, 223],
      ],
    ]);
    expectTensor(splitHeads(x, 2), split(), 0);
    expect(splitHeads(x, 2).shape).toEqual([1, 2, 2, 3]);
  });

  it("refuses a width that the heads don't divide", () => {
    expect(() => splitHeads(tf.zeros([1, 2, 6]), 4)).toThrow(
      "splitHeads: x: expected a last axis divisible by 4 heads, got [1, 2, 6]",
    );
  });
});

describeOnBackends("mergeHeads", () => {
  it("puts heads side by side, and so undoes splitHeads", () => {
    const merged = mergeHeads(split(), "concat");
    expectTensor(merged, [111, 112, 113, 211, 212, 213, 121, 122, 123, 221, 222, 223], 0);
    expectTensor(splitHeads(merged, 2), split(), 0);
  });

  it("takes their mean or sum", () => {
    expectTensor(mergeHeads(split(), "mean"), [161, 162, 163, 171, 172, 173], 0);
    expectTensor(mergeHeads(split(), "sum"), [322, 324, 326, 342, 344, 346], 0);
  });

  for (const headMerge of ["concat", "mean", "sum"] as HeadMerge[]) {
    it(`has the width and the gradients that it should: ${headMerge}`, () => {
      expect(mergeHeads(split(), headMerge).shape).toEqual([1, 2, mergedWidth(headMerge, 2, 3)]);
      const x = randomNormal(createRng(1), [2, 2, 2, 3]) as tf.Tensor4D;
      expectGradient((tree: { x: tf.Tensor4D }) => mergeHeads(tree.x, headMerge), { x });
    });
  }
});
