import { createRng } from "@t5ts/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  iidNoiseMask,
  noiseCounts,
  randomPrefixNoiseMask,
  randomRegularNoiseMask,
  randomSpansNoiseMask,
  regularNoiseMask,
  rollMask,
  spansToMask,
  T5_SPAN_NOISE,
} from "./noise-mask.js";

const NOISE = fc.record({
  noiseDensity: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  meanNoiseSpanLength: fc.double({ min: 0.3, max: 20, noNaN: true }),
});

describe("noiseCounts", () => {
  it("multiplies in float32, as T5 does: 39 lengths up to 4096 differ from float64", () => {
    const lengths = Array.from({ length: 4095 }, (_, i) => i + 2);
    const inFloat64 = (n: number) => {
      const [floor, rest] = [Math.floor(n * 0.15), (n * 0.15) % 1];
      const rounded = rest === 0.5 ? floor + (floor % 2) : Math.round(n * 0.15);
      return Math.min(Math.max(rounded, 1), n - 1);
    };
    const differ = lengths.filter((n) => noiseCounts(n, T5_SPAN_NOISE).numNoiseTokens !== inFloat64(n));
    expect([differ.length, differ[0]]).toEqual([39, 190]);
  });

  it("leaves a token to keep and one to hide, and a kept one before each span", () => {
    expect(noiseCounts(1, T5_SPAN_NOISE)).toEqual({ numNoiseTokens: 1, numNoiseSpans: 1 });
    expect(noiseCounts(5, { noiseDensity: 0.99, meanNoiseSpanLength: 1 })).toEqual({
      numNoiseTokens: 4,
      numNoiseSpans: 1,
    });
    expect(noiseCounts(10, { noiseDensity: 0.5, meanNoiseSpanLength: 0.3 })).toEqual({
      numNoiseTokens: 5,
      numNoiseSpans: 5,
    });
  });

  it("names a bad density and mean", () => {
    expect(() => noiseCounts(9, { ...T5_SPAN_NOISE, noiseDensity: 1 })).toThrow(
      "noiseDensity: expected a number from 0 to below 1, got 1",
    );
    expect(() => noiseCounts(9, { ...T5_SPAN_NOISE, meanNoiseSpanLength: 0 })).toThrow(
      "meanNoiseSpanLength: expected a number above 0, got 0",
    );
  });
});

describe("randomSpansNoiseMask", () => {
  it("has the planned tokens and spans, starts kept and ends in noise", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), NOISE, fc.nat(), (length, noise, seed) => {
        const mask = randomSpansNoiseMask(length, { ...noise, roll: false }, createRng(seed));
        const { numNoiseTokens, numNoiseSpans } = noiseCounts(length, noise);
        expect(mask.length).toBe(length);
        expect(mask.filter(Boolean).length).toBe(numNoiseTokens);
        expect(countSpans(mask)).toBe(numNoiseSpans);
        expect([mask[0], mask.at(-1)]).toEqual([false, true]);
      }),
    );
  });

  it("is, rolled, the same mask shifted: one more span at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), NOISE, fc.nat(), (length, noise, seed) => {
        const plain = randomSpansNoiseMask(length, { ...noise, roll: false }, createRng(seed));
        const rolled = randomSpansNoiseMask(length, { ...noise, roll: true }, createRng(seed));
        const shifts = plain.map((_, offset) => [...plain.slice(offset), ...plain.slice(0, offset)].join());
        expect(shifts).toContain(rolled.join());
      }),
    );
  });

  it("hides every place of a short text about equally often when rolled, only its end when not", () => {
    const counts = { rolled: new Array<number>(16).fill(0), plain: new Array<number>(16).fill(0) };
    const rng = createRng(3);
    for (let i = 0; i < 8000; i++) {
      for (const [name, roll] of [
        ["rolled", true],
        ["plain", false],
      ] as const) {
        const mask = randomSpansNoiseMask(16, { ...T5_SPAN_NOISE, roll }, rng.split());
        for (const [place, isNoise] of mask.entries()) counts[name][place]! += Number(isNoise);
      }
    }
    expect(counts.plain).toEqual([...new Array(14).fill(0), 8000, 8000]);
    // 2 of 16 tokens: 1000 times each, standard deviation √(8000 · 1/8 · 7/8) = 29.6.
    for (const count of counts.rolled) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29.6);
  });

  it("draws each division into spans equally often", () => {
    // 4 noise tokens and 4 kept in 2 spans each: 3 · 3 layouts.
    const counts = new Map<string, number>();
    const rng = createRng(5);
    for (let i = 0; i < 9000; i++) {
      const mask = randomSpansNoiseMask(8, { noiseDensity: 0.5, meanNoiseSpanLength: 2, roll: false }, rng.split());
      const layout = mask.map(Number).join("");
      counts.set(layout, (counts.get(layout) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29.8);
  });

  it("hides nothing at density 0, and takes texts of 0 and 1 tokens", () => {
    expect(randomSpansNoiseMask(3, { ...T5_SPAN_NOISE, noiseDensity: 0, roll: true }, createRng(0))).toEqual([
      false,
      false,
      false,
    ]);
    expect(randomSpansNoiseMask(0, { ...T5_SPAN_NOISE, roll: true }, createRng(0))).toEqual([]);
    expect(randomSpansNoiseMask(1, { ...T5_SPAN_NOISE, roll: false }, createRng(0))).toEqual([false]);
  });

  it("keeps to a limit of spans", () => {
    const options = { ...T5_SPAN_NOISE, meanNoiseSpanLength: 1, roll: false, maxSpans: 4 };
    const mask = randomSpansNoiseMask(200, options, createRng(1));
    expect([countSpans(mask), mask.filter(Boolean).length]).toEqual([4, 30]);
  });
});

describe("other masks", () => {
  it("lay spans out in turn", () => {
    expect(spansToMask([1, 2], [2, 1]).map(Number)).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it("hide each token with the same probability", () => {
    const count = iidNoiseMask(10_000, 0.3, createRng(0)).filter(Boolean).length;
    expect(Math.abs(count - 3000)).toBeLessThan(4 * 45.8);
  });

  it("hide regular spans, at any offset with the wished density", () => {
    expect(regularNoiseMask(9, 2, 4, 1).map(Number)).toEqual([1, 0, 0, 1, 1, 0, 0, 1, 1]);
    for (let seed = 0; seed < 20; seed++) {
      const options = { noiseDensity: 0.25, minSpanLength: 2, maxSpanLength: 2 };
      expect(randomRegularNoiseMask(800, options, createRng(seed)).filter(Boolean).length).toBe(200);
    }
  });

  it("hide a beginning, from one token to all but one", () => {
    const lengths = new Set(
      Array.from({ length: 200 }, (_, seed) => randomPrefixNoiseMask(5, createRng(seed)).map(Number).join("")),
    );
    expect([...lengths].sort()).toEqual(["10000", "11000", "11100", "11110"]);
    expect(randomPrefixNoiseMask(1, createRng(0))).toEqual([false]);
  });
});

function countSpans(mask: boolean[]): number {
  return mask.filter((isNoise, i) => isNoise && !mask[i - 1]).length;
}

describe("rollMask", () => {
  it("moves places to the right and what leaves the end to the front, by any offset", () => {
    const mask = [false, false, false, true, true];
    const rolled = [true, true, false, false, false];
    expect([2, 7, -3].map((offset) => rollMask(mask, offset))).toEqual([rolled, rolled, rolled]);
    expect(rollMask([], 3)).toEqual([]);
  });
});
