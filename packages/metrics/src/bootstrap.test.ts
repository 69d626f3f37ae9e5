import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { bootstrap } from "./bootstrap.js";
import { mean } from "./pairs.js";

describe("bootstrap", () => {
  it("takes percentiles of the statistic over samples, interpolating between two", () => {
    // The four samples of two items out of 0 and 1, once each: means 0, ½, ½, 1.
    const draws = [0, 0, 0, 0.5, 0.5, 0, 0.5, 0.999];
    const interval = bootstrap([0, 1], mean, () => draws.shift()!, { samples: 4, confidence: 0.5 });
    expect(interval).toEqual({ low: 0.375, mid: 0.5, high: 0.625 });
    expect(draws).toEqual([]);
  });

  it("gives an interval of the mean as wide as the standard error says", () => {
    const rng = createRng(1);
    const scores = Array.from({ length: 400 }, () => rng.normal());
    const { low, mid, high } = bootstrap(scores, mean, () => rng.uniform());
    expect(mid).toBeCloseTo(mean(scores), 1);
    // 2 · 1.96 / √400, within the error of 1000 samples and of the sample's own deviation.
    expect((high - low) / 0.196).toBeGreaterThan(0.85);
    expect((high - low) / 0.196).toBeLessThan(1.15);
  });

  it("gives the same interval for the same numbers", () => {
    const interval = (seed: number): object => {
      const rng = createRng(seed);
      return bootstrap([1, 5, 2, 8], mean, () => rng.uniform());
    };
    expect(interval(3)).toEqual(interval(3));
  });

  it("takes any statistic of any items, such as a share", () => {
    const share = (sample: readonly string[]): number => sample.filter((item) => item === "yes").length / sample.length;
    const rng = createRng(0);
    const { low, high } = bootstrap(["yes", "no"], share, () => rng.uniform(), { confidence: 1 });
    expect([low, high]).toEqual([0, 1]);
  });

  it("names what is out of bounds", () => {
    expect(() => bootstrap([], mean, Math.random)).toThrow("bootstrap: items: expected at least one, got none");
    expect(() => bootstrap([1], mean, Math.random, { confidence: 95 })).toThrow("confidence: expected 0 to 1, got 95");
    expect(() => bootstrap([1], mean, Math.random, { samples: 0 })).toThrow(
      "samples: expected an integer from 1, got 0",
    );
  });
});
