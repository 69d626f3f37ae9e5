import { describe, expect, it } from "vitest";
import { classF1, f1WithInvalid, meanMulticlassF1 } from "./class-f1.js";

describe("f1WithInvalid", () => {
  it("counts an invalid prediction as the wrong class, also where that makes a false positive", () => {
    // 2 for 1 is a missed 1; 2 for 0 is a wrong 1: one right of two predicted and two wanted.
    expect(f1WithInvalid([0, 1, 2, 2], [0, 1, 1, 0])).toBe(50);
  });

  it("is 0 if class 1 neither is nor is predicted", () => {
    expect(f1WithInvalid([0, 0], [0, 0])).toBe(0);
  });

  it("refuses other targets", () => {
    expect(() => f1WithInvalid([0], [2])).toThrow("f1WithInvalid: targets[0]: expected 0 or 1, got 2");
  });
});

describe("meanMulticlassF1", () => {
  it("is the mean over classes, of which an absent one counts as 0", () => {
    // Class 0: 1 right of 2 and 1 → 2/3. Class 1: 0. Class 2: 1 right of 2 and 1 → 2/3.
    expect(meanMulticlassF1([0, 0, 2, 2], [0, 1, 1, 2], [0, 1, 2])).toBeCloseTo(400 / 9, 12);
    expect(meanMulticlassF1([0, 0, 2, 2], [0, 1, 1, 2], [0, 1, 2, 3])).toBeCloseTo(400 / 12, 12);
  });

  it("takes labels as well as numbers, and counts what is no class as a miss", () => {
    expect(meanMulticlassF1(["yes", "what"], ["yes", "no"], ["yes", "no"])).toBe(50);
  });
});

describe("classF1", () => {
  it("weighs each prediction", () => {
    // Right: 3. Predicted: 3 + 1, wanted: 3.
    expect(classF1([1, 1], [1, 0], 1, [3, 1])).toBeCloseTo(6 / 7, 15);
  });
});
