import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { clipScale, groupNorms, moduleOf, sumsOfSquares } from "./gradient-norm.js";

describeOnBackends("sumsOfSquares", () => {
  it("gives one number for each tensor", () => {
    const tree = {
      a: tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      b: [tf.scalar(5), tf.zeros([0, 3])],
    };
    expect(sumsOfSquares(tree).map((sum) => sum.dataSync()[0])).toEqual([30, 25, 0]);
  });

  it("goes on growing over millions of numbers", () => {
    // One float32 sum of ones stops at 2^24.
    const [sum] = sumsOfSquares(tf.ones([4100, 4100]));
    expect(Math.abs(sum!.dataSync()[0]! / 4100 ** 2 - 1)).toBeLessThan(1e-6);
  });
});

describe("sumsOfSquares with the kernel of a backend", () => {
  it("takes what the kernel gives", async () => {
    await selectBackend("cpu", [CPU_BACKEND]);
    tf.registerKernel({
      kernelName: "SumOfSquares",
      backendName: "cpu",
      kernelFunc: ({ inputs, backend }) => {
        const { readSync, write } = backend as tf.KernelBackend & {
          write(values: Float32Array, shape: number[], dtype: "float32"): tf.DataId;
        };
        const values = readSync.call(backend, inputs.x!.dataId) as Float32Array;
        const sum = Float32Array.of(values.reduce((sum, value) => sum + value * value, 0.5));
        return { dataId: write.call(backend, sum, [], "float32"), shape: [], dtype: "float32" };
      },
    });
    try {
      expect(sumsOfSquares([tf.tensor1d([1, 2])])[0]!.dataSync()[0]).toBe(5.5);
    } finally {
      tf.unregisterKernel("SumOfSquares", "cpu");
    }
  });
});

describe("gradient norms", () => {
  it("are cut to a threshold, and no further", () => {
    expect([clipScale(4, 1), clipScale(0.5, 1), clipScale(0, 1)]).toEqual([0.25, 1, 1]);
    expect(() => clipScale(1, 0)).toThrow("clipScale: threshold: expected a number above 0, got 0");
  });

  it("belong to a block, or else to what holds the parameter", () => {
    expect(["encoder.blocks.3.feedForward.wi.weight", "encoder.finalNorm.weight", "embedding"].map(moduleOf)).toEqual([
      "encoder.blocks.3",
      "encoder.finalNorm",
      "embedding",
    ]);
  });

  it("add up by module", () => {
    const squares = [
      ["blocks.0.a", 9],
      ["blocks.0.b", 16],
      ["blocks.1.a", 4],
    ] as const;
    expect(groupNorms(squares)).toEqual({ "blocks.0": 5, "blocks.1": 2 });
  });
});
