import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { keepTopK, keepTopP, keepTypical, logProbability, type SamplingOptions, sampleToken } from "./sampling.js";

const log = (...probabilities: number[]): Float32Array => Float32Array.from(probabilities, Math.log);

/** The tokens that are left. */
function kept(scores: Float32Array, cut: (scores: Float32Array) => void): number[] {
  cut(scores);
  return Array.from(scores.keys()).filter((token) => scores[token] !== Number.NEGATIVE_INFINITY);
}

describe("sampleToken", () => {
  it("takes the best where the temperature is next to nothing", () => {
    for (const temperature of [1e-20, 1e-42, Number.MIN_VALUE]) {
      expect(sampleToken(Float32Array.of(-3, 5, 4), createRng(1), { temperature })).toBe(1);
    }
  });

  const probabilities = [0.5, 0.25, 0.15, 0.1];
  const powers = probabilities.map((p) => p ** (1 / 0.7));

  // Expected shares, not normalized.
  it.each<[string, SamplingOptions, number[]]>([
    ["plainly", {}, probabilities],
    ["with a temperature", { temperature: 0.7 }, powers],
    ["from the k best", { topK: 2 }, [0.5, 0.25, 0, 0]],
    ["from the best with probability p", { topP: 0.8 }, [0.5, 0.25, 0.15, 0]],
    ["cutting after the temperature", { temperature: 0.7, topP: 0.65 }, [powers[0]!, powers[1]!, 0, 0]],
    ["from the typical ones", { typicalMass: 0.2 }, [0, 0.25, 0, 0]],
  ])("draws tokens as often as they are probable: %s", (_, options, shares) => {
    const rng = createRng(5);
    const draws = 20_000;
    const counts = shares.map(() => 0);
    for (let i = 0; i < draws; i++) counts[sampleToken(log(...probabilities), rng, options)]!++;
    const total = shares.reduce((a, b) => a + b, 0);
    let chiSquare = 0;
    for (const [token, share] of shares.entries()) {
      const expected = (draws * share) / total;
      if (share === 0) expect(counts[token]).toBe(0);
      else chiSquare += (counts[token]! - expected) ** 2 / expected;
    }
    expect(chiSquare).toBeLessThan(16.3); // 3 degrees of freedom, p = 0.001; the seed is fixed
  });

  it("never draws a token that is forbidden", () => {
    const rng = createRng(1);
    const drawn = new Set(Array.from({ length: 200 }, () => sampleToken(log(0, 0.5, 0, 0.5, 0), rng)));
    expect([...drawn].sort()).toEqual([1, 3]);
  });

  it("leaves the scores as they are", () => {
    const scores = log(0.6, 0.4);
    sampleToken(scores, createRng(0), { temperature: 0.5, topK: 1 });
    expect(scores).toEqual(log(0.6, 0.4));
  });

  it("refuses settings out of bounds", () => {
    const draw = (options: SamplingOptions) => () => sampleToken(log(0.6, 0.4), createRng(0), options);
    expect(draw({ temperature: 0 })).toThrow("sampleToken: temperature: expected a number above 0, got 0");
    expect(draw({ topK: 0 })).toThrow("keepTopK: k: expected an integer from 1 on, got 0");
    expect(draw({ topP: 1.5 })).toThrow("keepTopP: p: expected a number in (0, 1], got 1.5");
    expect(draw({ typicalMass: 0 })).toThrow("keepTypical: mass: expected a number in (0, 1], got 0");
  });
});

describe("logProbability", () => {
  it("is the log of the softmax, also of tokens that are very improbable", () => {
    expect(logProbability(log(2, 6), 0)).toBeCloseTo(Math.log(0.25));
    expect(logProbability(Float32Array.of(1000, 0), 1)).toBe(-1000);
  });
});

describe("keepTopK", () => {
  it("keeps the k best, and all of those that are as good as the last", () => {
    expect(kept(Float32Array.of(3, 1, 4, 1, 5), (scores) => keepTopK(scores, 2))).toEqual([2, 4]);
    expect(kept(Float32Array.of(3, 1, 4, 1, 5), (scores) => keepTopK(scores, 4))).toEqual([0, 1, 2, 3, 4]);
    expect(kept(Float32Array.of(3, 1, 4), (scores) => keepTopK(scores, 9))).toEqual([0, 1, 2]);
  });
});

describe("keepTopP", () => {
  it("keeps the fewest that reach p", () => {
    const scores = (): Float32Array => log(0.1, 0.5, 0.2, 0.2);
    expect(kept(scores(), (scores) => keepTopP(scores, 0.45))).toEqual([1]);
    expect(kept(scores(), (scores) => keepTopP(scores, 0.55))).toEqual([1, 2]);
    expect(kept(scores(), (scores) => keepTopP(scores, 0.75))).toEqual([1, 2, 3]);
    expect(kept(scores(), (scores) => keepTopP(scores, 1))).toEqual([0, 1, 2, 3]);
    expect(kept(scores(), (scores) => keepTopP(scores, 0.1, 2))).toEqual([1, 2]);
  });
});

describe("keepTypical", () => {
  it("keeps the tokens whose surprise is nearest to the entropy, equals together", () => {
    // Entropy 1.33; surprises 0.92 and three times 1.61, of which two have 0.4 ≥ 0.3 together.
    expect(kept(log(0.4, 0.2, 0.2, 0.2), (scores) => keepTypical(scores, 0.3))).toEqual([1, 2, 3]);
    expect(kept(log(0.97, 0.01, 0.01, 0.01), (scores) => keepTypical(scores, 0.5))).toEqual([0]);
    expect(kept(log(0.97, 0.01, 0.01, 0.01), (scores) => keepTypical(scores, 0.5, 2))).toEqual([0, 1, 2, 3]);
  });
});
