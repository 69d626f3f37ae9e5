import { describe, expect, it } from "vitest";
import { targetWeights } from "./target-weights.js";

const targets = [
  [5, 6, 7, 0],
  [8, -100, 0, 0],
];

describe("targetWeights", () => {
  it("divides by the targets, or by all places", () => {
    const weights = [
      [1, 1, 1, 0],
      [1, 0, 0, 0],
    ];
    expect(targetWeights("NUM_REAL_TARGET_TOKENS", { targets })).toEqual({ weights, normalizer: 4 });
    expect(targetWeights("NUM_TOTAL_TARGET_TOKENS", { targets })).toEqual({ weights, normalizer: 8 });
    const lossWeights = [
      [0.5, 0, 2, 0],
      [1, 0, 0, 0],
    ];
    expect(targetWeights("NUM_REAL_TARGET_TOKENS", { targets, lossWeights })).toEqual({
      weights: lossWeights,
      normalizer: 3.5,
    });
  });

  it("gives each sequence the same weight, a packed one too", () => {
    const third = 1 / 3;
    expect(targetWeights("AVERAGE_PER_SEQUENCE", { targets })).toEqual({
      weights: [
        [third, third, third, 0],
        [1, 0, 0, 0],
      ],
      normalizer: 2,
    });
    const segmentIds = [
      [1, 1, 2, 0],
      [1, 0, 0, 0],
    ];
    expect(targetWeights("AVERAGE_PER_SEQUENCE", { targets, segmentIds })).toEqual({
      weights: [
        [0.5, 0.5, 1, 0],
        [1, 0, 0, 0],
      ],
      normalizer: 3,
    });
  });

  it("gives a sequence without weight none", () => {
    const { weights, normalizer } = targetWeights("AVERAGE_PER_SEQUENCE", {
      targets: [
        [0, 0],
        [1, 1],
      ],
    });
    expect([weights, normalizer]).toEqual([
      [
        [0, 0],
        [0.5, 0.5],
      ],
      1,
    ]);
  });
});
