import { describe, expect, it } from "vitest";
import { median, medianRatio } from "./median.js";

describe("median", () => {
  it("is the middle of an odd number, whatever their order", () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([10, 9, 100, 2, 3])).toBe(9);
  });

  it("is halfway between the two in the middle of an even number", () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it("of none is not a number", () => {
    expect(median([])).toBeNaN();
  });
});

describe("medianRatio", () => {
  it("compares within rounds, not medians with each other", () => {
    // Twice as slow in every round, while the machine itself is up to ten times slower in some.
    const reference = [1, 10, 2, 3, 7];
    expect(
      medianRatio(
        reference.map((seconds) => 2 * seconds),
        reference,
      ),
    ).toBe(2);
    // Medians are 3 and 3; by rounds it's 3 / 1, 1 / 3 and 3 / 4.
    expect(medianRatio([3, 1, 3], [1, 3, 4])).toBe(0.75);
  });

  it("counts the rounds that both took part in", () => {
    expect(medianRatio([6, 4, 8], [2])).toBe(3);
    expect(medianRatio([6], [2, 1, 1])).toBe(3);
    expect(medianRatio([], [1])).toBeUndefined();
  });
});
