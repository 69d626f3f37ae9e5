import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pearsonCorrelation } from "./correlation.js";
import { matthewsCorrelation } from "./matthews-correlation.js";

describe("matthewsCorrelation", () => {
  it("is 100 for agreement, −100 for its opposite", () => {
    expect(matthewsCorrelation([0, 1, 1], [0, 1, 1])).toBeCloseTo(100, 12);
    expect(matthewsCorrelation([1, 0, 0], [0, 1, 1])).toBeCloseTo(-100, 12);
  });

  it("counts an invalid prediction as wrong: less than leaving it out", () => {
    // (3·4 − 5)/√((16 − 6)(16 − 6)) with three classes, as in T5's test.
    expect(matthewsCorrelation([0, 1, 2, 1], [0, 0, 2, 1])).toBeCloseTo(70, 12);
    expect(matthewsCorrelation([0, -1, 1], [0, 0, 1])).toBeLessThan(matthewsCorrelation([0, 1], [0, 1]));
  });

  it("is 0 if all predictions are one class", () => {
    expect(matthewsCorrelation(["a", "a"], ["a", "b"])).toBe(0);
  });

  it("is Pearson's correlation for two classes", () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(pairs, (list) => {
        const [predictions, targets] = [list.map(([p]) => p), list.map(([, t]) => t)];
        const pearson = pearsonCorrelation(predictions, targets);
        expect(matthewsCorrelation(predictions, targets)).toBeCloseTo(Number.isNaN(pearson) ? 0 : pearson, 9);
      }),
    );
  });
});
