import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aucRoc, averagePrecision, thresholdLabels } from "./area-under-curve.js";

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 20 })
  .filter((list) => new Set(list.map(([, label]) => label)).size === 2);

describe("aucRoc", () => {
  it("is the share of pairs of a positive and a negative that are in the right order, equal ones half", () => {
    fc.assert(
      fc.property(scored, (list) => {
        let [right, pairs] = [0, 0];
        for (const [positive, isPositive] of list) {
          for (const [negative, isAlsoPositive] of list) {
            if (!isPositive || isAlsoPositive) continue;
            pairs++;
            right += positive > negative ? 1 : positive === negative ? 0.5 : 0;
          }
        }
        expect(
          aucRoc(
            list.map(([score]) => score),
            list.map(([, label]) => label),
          ),
        ).toBeCloseTo(right / pairs, 12);
      }),
    );
  });

  it("counts an example of weight 2 as two examples", () => {
    const doubled = aucRoc([0.1, 0.4, 0.4, 0.35, 0.8], [false, false, false, true, true]);
    expect(aucRoc([0.1, 0.4, 0.35, 0.8], [false, false, true, true], [1, 2, 1, 1])).toBeCloseTo(doubled, 12);
  });

  it("refuses labels that are all the same, and scores that are no numbers", () => {
    expect(() => aucRoc([1, 2], [true, true])).toThrow("aucRoc: labels: expected both true and false, got true only");
    expect(() => aucRoc([1, Number.NaN], [true, false])).toThrow("aucRoc: scores[1]: expected a number, got NaN");
  });
});

describe("averagePrecision", () => {
  it("sums precision over the steps of recall, and doesn't interpolate", () => {
    // 0.8 positive: recall ½ at precision 1. 0.4 negative. 0.35 positive: recall 1 at precision 2/3.
    expect(averagePrecision([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toBeCloseTo((1 + 2 / 3) / 2, 15);
  });

  it("takes equal scores in one step", () => {
    expect(averagePrecision([1, 1, 1, 1], [true, false, false, false])).toBe(0.25);
  });
});

describe("thresholdLabels", () => {
  it("is positive from the threshold on", () => {
    expect(thresholdLabels([0, 0.2, 0.5, 0.7], 0.5)).toEqual([false, false, true, true]);
  });
});
