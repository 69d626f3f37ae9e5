import { describe, expect, it } from "vitest";
import { type BleuSmoothing, bleuFromCounts } from "./bleu-formula.js";

describe("bleuFromCounts", () => {
  const counts = { matches: [3, 1, 0, 0], totals: [5, 4, 3, 2], predictionLength: 5, referenceLength: 5 };
  const precisions = (smoothing: BleuSmoothing, smoothingValue?: number): readonly number[] =>
    bleuFromCounts(counts, { smoothing, ...(smoothingValue === undefined ? {} : { smoothingValue }) }).precisions;

  it("smooths orders without a match", () => {
    expect(precisions("none")).toEqual([60, 25, 0, 0]);
    expect(precisions("exp")).toEqual([60, 25, 100 / 6, 100 / 8]);
    expect(precisions("floor")).toEqual([60, 25, expect.closeTo(10 / 3, 12), 5]);
    expect(precisions("floor", 0.5)).toEqual([60, 25, expect.closeTo(50 / 3, 12), 25]);
    expect(precisions("add-k")).toEqual([60, 40, 25, expect.closeTo(100 / 3, 12)]);
  });

  it("is 0 without any match, whatever the smoothing", () => {
    for (const smoothing of ["exp", "floor", "add-k", "none"] as const) {
      expect(bleuFromCounts({ ...counts, matches: [0, 0, 0, 0] }, { smoothing }).score).toBe(0);
    }
  });

  it("leaves out orders longer than the text if asked to", () => {
    const short = { matches: [2, 1, 0, 0], totals: [2, 1, 0, 0], predictionLength: 2, referenceLength: 2 };
    expect(bleuFromCounts(short).score).toBe(0);
    expect(bleuFromCounts(short, { effectiveOrder: true }).score).toBeCloseTo(100, 9);
  });

  it("names what it can't do", () => {
    expect(() => bleuFromCounts(counts, { smoothing: "linear" as BleuSmoothing })).toThrow(
      'smoothing: expected one of exp, floor, add-k, none, got "linear"',
    );
    expect(() => bleuFromCounts({ ...counts, totals: [1] })).toThrow("of the same orders, got 4 and 1");
  });
});
