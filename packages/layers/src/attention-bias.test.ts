import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { causalBias, combineBiases, MASKED, paddingBias, prefixBias, segmentBias } from "./attention-bias.js";

const mask = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, [rows.length, rows[0]!.length], "int32");
const M = MASKED;

describeOnBackends("paddingBias", () => {
  it("hides padding from every query", () => {
    const bias = paddingBias(
      mask([
        [1, 1, 0],
        [1, 0, 0],
      ]),
    );
    expect(bias.shape).toEqual([2, 1, 1, 3]);
    expectTensor(bias, [0, 0, M, 0, M, M], 0);
  });
});

describeOnBackends("causalBias", () => {
  it("hides the future", () => {
    expect(causalBias(3, 3).shape).toEqual([1, 1, 3, 3]);
    expectTensor(causalBias(3, 3), [0, M, M, 0, 0, M, 0, 0, 0], 0);
  });

  it("takes the queries for the last of all positions", () => {
    expectTensor(causalBias(2, 4), [0, 0, 0, M, 0, 0, 0, 0], 0);
    expectTensor(causalBias(1, 5), [0, 0, 0, 0, 0], 0);
  });
});

describeOnBackends("prefixBias", () => {
  it("hides the future, but lets the prefix see itself", () => {
    const bias = prefixBias(
      mask([
        [1, 1, 0, 0],
        [0, 0, 0, 0],
      ]),
    );
    expect(bias.shape).toEqual([2, 1, 4, 4]);
    expectTensor(tf.slice(bias, [0, 0, 0, 0], [1, 1, 4, 4]), [0, 0, M, M, 0, 0, M, M, 0, 0, 0, M, 0, 0, 0, 0], 0);
    expectTensor(tf.slice(bias, [1, 0, 0, 0], [1, 1, 4, 4]), causalBias(4, 4), 0);
  });
});

describeOnBackends("segmentBias", () => {
  it("hides other segments, of queries and keys of two lengths", () => {
    const bias = segmentBias(mask([[1, 2]]), mask([[1, 1, 2]]));
    expect(bias.shape).toEqual([1, 1, 2, 3]);
    expectTensor(bias, [0, 0, M, M, M, 0], 0);
  });
});

describeOnBackends("combineBiases", () => {
  it("adds what there is, by broadcasting", () => {
    const sum = combineBiases(paddingBias(mask([[1, 0]])), undefined, causalBias(2, 2));
    expect(sum.shape).toEqual([1, 1, 2, 2]);
    expectTensor(sum, [0, 2 * M, 0, M], 0);
  });

  it("needs one bias", () => {
    expect(() => combineBiases(undefined)).toThrow("combineBiases: expected at least one bias, got none");
  });
});

describeOnBackends("MASKED", () => {
  it("leaves nothing of a weight, and no NaN where all is masked, also three times over", () => {
    expectTensor(tf.softmax(tf.tensor1d([5, 5 + M, 30 + 3 * M])), [1, 0, 0], 0);
    expectTensor(tf.softmax(tf.tensor1d([3 * M, 3 * M])), [0.5, 0.5], 0);
  });
});
