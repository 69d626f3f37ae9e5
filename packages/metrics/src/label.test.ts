import { describe, expect, it } from "vitest";
import { labelToClassId, labelToNumber } from "./label.js";

describe("labelToClassId", () => {
  it("is the place of the label, or the fallback", () => {
    expect([labelToClassId("two", ["one", "two"]), labelToClassId("Two", ["one", "two"])]).toEqual([1, -1]);
    expect(labelToClassId("three", ["one", "two"], 7)).toBe(7);
  });
});

describe("labelToNumber", () => {
  it("reads decimals, signs and exponents, with white space around", () => {
    expect(["3.8", "-.5", "+2.", " 1e-3\n"].map((text) => labelToNumber(text))).toEqual([3.8, -0.5, 2, 0.001]);
  });

  it("falls back to −1 for anything else, also for what JavaScript takes for a number", () => {
    for (const text of ["", " ", "0x10", "3,8", "five", "1 2", "Infinity", "."]) {
      expect(labelToNumber(text), text).toBe(-1);
    }
  });
});
