import { describe, expect, it } from "vitest";
import { tokenF1 } from "./token-f1.js";

describe("tokenF1", () => {
  it("counts a token as often as it is in both", () => {
    // Common: x once, y once. Precision 2/4, recall 2/3.
    expect(tokenF1(["x", "x", "x", "y"], ["y", "z", "x"])).toBeCloseTo((2 * 0.5 * (2 / 3)) / (0.5 + 2 / 3), 15);
  });

  it("ignores order", () => {
    expect(tokenF1(["a", "b"], ["b", "a"])).toBe(1);
  });

  it("is 0 without a common token, also where there are no tokens", () => {
    expect([tokenF1(["a"], ["b"]), tokenF1([], ["b"]), tokenF1([], [])]).toEqual([0, 0, 0]);
  });
});
