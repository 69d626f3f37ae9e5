import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pearsonCorrelation, spearmanCorrelation } from "./correlation.js";

describe("pearsonCorrelation", () => {
  it("is 100 times the cosine of the deviations", () => {
    // Deviations −1, 0, 1 and −1, 2, −1: orthogonal. Then −1, 0, 1 and −1, −1, 2: 3/√(2·6).
    expect(pearsonCorrelation([1, 2, 3], [0, 3, 0])).toBeCloseTo(0, 12);
    expect(pearsonCorrelation([1, 2, 3], [5, 5, 8])).toBeCloseTo((100 * 3) / Math.sqrt(12), 12);
  });

  it("ignores scale and origin, and changes sign with either side", () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 3,
    });
    fc.assert(
      fc.property(values, (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const once = pearsonCorrelation(a, b);
        fc.pre(!Number.isNaN(once));
        expect(
          pearsonCorrelation(
            a.map((x) => 3 * x - 7),
            b,
          ),
        ).toBeCloseTo(once, 9);
        expect(
          pearsonCorrelation(
            a,
            b.map((y) => -y),
          ),
        ).toBeCloseTo(-once, 9);
      }),
    );
  });

  it("isn't a number if one side doesn't vary, whatever rounding its mean has", () => {
    expect(pearsonCorrelation([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
    expect(spearmanCorrelation([1, 2, 3], [0.7, 0.7, 0.7])).toBeNaN();
  });

  it("takes a set too large for the arguments of a function", () => {
    const values = Array.from({ length: 300_000 }, (_, i) => i);
    expect(pearsonCorrelation(values, values)).toBeCloseTo(100, 9);
  });

  it("refuses fewer than two pairs", () => {
    expect(() => pearsonCorrelation([1], [1])).toThrow("pearsonCorrelation: expected at least two pairs, got one");
  });
});

describe("spearmanCorrelation", () => {
  it("correlates ranks", () => {
    // Ranks 1, 3, 2 against 1, 2, 3: 1 − 6·2/(3·8).
    expect(spearmanCorrelation([0, 1, 2], [0, 2, 1])).toBeCloseTo(50, 12);
    expect(spearmanCorrelation([1, 2, 3, 4], [1, 8, 27, 1000])).toBeCloseTo(100, 12);
  });

  it("gives equal values the mean of their ranks", () => {
    // 10, 10, 20 has the ranks 1.5, 1.5, 3: as these numbers themselves.
    expect(spearmanCorrelation([10, 10, 20], [1, 2, 3])).toBeCloseTo(pearsonCorrelation([1.5, 1.5, 3], [1, 2, 3]), 12);
  });
});
