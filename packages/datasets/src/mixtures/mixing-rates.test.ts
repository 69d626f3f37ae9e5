import { describe, expect, it } from "vitest";
import { type MixingRates, mixingProbabilities, mixingRate, mixingRates, resolveMixture } from "./mixing-rates.js";

describe("mixingRate", () => {
  it("scales, then caps, then takes the root", () => {
    expect(mixingRate(3)).toBe(3);
    expect(mixingRate(3, { scale: 27, temperature: 2 })).toBe(9);
    expect(mixingRate(3, { scale: 27, maximum: 64, temperature: 2 })).toBe(8);
    expect(mixingRates({ a: 4, b: 100 }, { maximum: 9, temperature: 2 })).toEqual({ a: 2, b: 3 });
  });

  it("names a bad temperature", () => {
    expect(() => mixingRate(1, { temperature: 0 })).toThrow("temperature: expected a number above 0, got 0");
  });
});

describe("mixingProbabilities", () => {
  it("sum to 1", () => {
    expect(mixingProbabilities({ a: 1, b: 3, c: 0 })).toEqual({ a: 0.25, b: 0.75, c: 0 });
  });

  it("refuses rates below 0, and nothing to draw", () => {
    const wrong: MixingRates[] = [{}, { a: 0 }, { a: -1, b: 2 }, { a: Number.NaN }, { a: Number.POSITIVE_INFINITY }];
    for (const rates of wrong) {
      expect(() => mixingProbabilities(rates)).toThrow("mixingProbabilities: expected rates from 0, not all 0, got {");
    }
  });
});

describe("resolveMixture", () => {
  it("hands an inner mixture's rate on in its proportions, and adds up what comes twice", () => {
    const mixtures = {
      inner: [
        ["a", 1],
        ["b", 3],
      ],
      outer: [
        ["inner", 8],
        ["a", 1],
        ["c", 5],
      ],
    } as const;
    expect(resolveMixture(mixtures, "outer")).toEqual({ a: 3, b: 6, c: 5 });
    expect(resolveMixture(mixtures, "inner")).toEqual({ a: 1, b: 3 });
  });

  it("refuses a mixture that's empty or contains itself", () => {
    expect(() => resolveMixture({ m: [] }, "m")).toThrow(
      'resolveMixture: "m": expected rates from 0, not all 0, got {}',
    );
    expect(() => resolveMixture({ m: [["n", 1]], n: [["m", 1]] }, "m")).toThrow(
      "resolveMixture: expected no mixture within itself, got m → n → m",
    );
  });
});
