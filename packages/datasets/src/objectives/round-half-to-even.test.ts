import { describe, expect, it } from "vitest";
import { roundHalfToEven } from "./round-half-to-even.js";

describe("roundHalfToEven", () => {
  it("takes the nearest integer, and of two the even one", () => {
    const cases = [0, 0.5, 1.5, 2.5, 2.4, 2.6, -0.5, -1.5, -2.5, 4.500001];
    expect(cases.map(roundHalfToEven).map((x) => x + 0)).toEqual([0, 0, 2, 2, 2, 3, 0, -2, -2, 5]);
  });
});
