import { describe, expect, it } from "vitest";
import { indexOfLargest, MODEL, PROCESSORS } from "./score-error.js";

const PLACE = { input: 2, step: 5 };
const NEVER = Number.NEGATIVE_INFINITY;

describe("indexOfLargest", () => {
  it("finds the first of the largest", () => {
    expect(indexOfLargest([1, 3, NEVER, 3, -7], MODEL, PLACE)).toBe(1);
    expect(indexOfLargest([NEVER, -1e38], MODEL, PLACE)).toBe(1);
  });

  it("names the input, the step and the token where a score is no number, wherever it stands", () => {
    for (const [scores, found] of [
      [[Number.NaN, 1], "NaN for token 0"],
      [[1, 2, Number.NaN], "NaN for token 2"],
      [[3, Number.NaN, 1], "NaN for token 1"],
      [[1, Number.POSITIVE_INFINITY], "Infinity for token 1"],
    ] as const) {
      expect(() => indexOfLargest(scores, MODEL, PLACE)).toThrow(
        `generate: input 2, step 5: expected scores that are numbers from the model, got ${found}; the weights hold`,
      );
    }
    expect(() => indexOfLargest([Number.NaN], PROCESSORS, PLACE)).toThrow(
      /numbers from the processors, got NaN for token 0$/,
    );
  });

  it("refuses to choose where every token is forbidden", () => {
    expect(() => indexOfLargest([NEVER, NEVER], PROCESSORS, PLACE)).toThrow(
      "generate: input 2, step 5: expected a token to choose, but the processors forbid every one",
    );
  });
});
