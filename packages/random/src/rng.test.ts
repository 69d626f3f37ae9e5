import { describe, expect, it } from "vitest";
import { createRng, Rng, randomUint32 } from "./rng.js";

describe("Rng", () => {
  it("gives the same numbers for the same seed, stream and position", () => {
    const first = createRng(7);
    const numbers = Array.from({ length: 5 }, () => first.uint32());
    const again = new Rng(7, 0, 3);
    expect([again.uint32(), again.uint32()]).toEqual(numbers.slice(3));
    expect(numbers).toEqual([0, 1, 2, 3, 4].map((position) => randomUint32(first.keys, position)));
  });

  it("fixes its numbers: a checkpoint's stream is the same in every version", () => {
    const rng = createRng(0);
    expect([rng.uint32(), rng.uint32(), rng.fork("dropout").uint32()]).toEqual(FIRST_NUMBERS);
  });

  it("fills [0, 1) evenly: chi-square over 64 bins within four standard deviations, for many seeds", () => {
    for (const seed of [0, 1, 2, 0xffffffff]) {
      const rng = createRng(seed);
      const counts = new Float64Array(64);
      const draws = 64_000;
      for (let i = 0; i < draws; i++) counts[Math.floor(rng.uniform() * 64)]!++;
      const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
      expect(Math.abs(chiSquare - 63)).toBeLessThan(4 * Math.sqrt(2 * 63));
    }
  });

  it("has streams that don't correlate with their neighbours", () => {
    const [a, b] = [createRng(1).fork(0), createRng(1).fork(1)];
    let sum = 0;
    for (let i = 0; i < 100_000; i++) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
    // A product of two centred uniforms has variance 1/144.
    expect(Math.abs(sum / Math.sqrt(100_000 / 144))).toBeLessThan(4);
  });

  it("draws integers without bias towards small ones", () => {
    const rng = createRng(3);
    const bound = 3 * 2 ** 30; // a plain remainder would give the first third twice as often
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (rng.integer(bound) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(4 * Math.sqrt(30_000 * (2 / 9)));
  });

  it("draws normals of mean 0, variance 1, kurtosis 3", () => {
    const rng = createRng(5);
    let [mean, square, fourth] = [0, 0, 0];
    const draws = 200_000;
    for (let i = 0; i < draws; i++) {
      const x = rng.normal();
      [mean, square, fourth] = [mean + x / draws, square + x ** 2 / draws, fourth + x ** 4 / draws];
    }
    expect(mean).toBeCloseTo(0, 1.9);
    expect(square).toBeCloseTo(1, 1.5);
    expect(fourth).toBeCloseTo(3, 0.8);
  });

  it("shuffles into every order equally often", () => {
    const counts = new Map<string, number>();
    const rng = createRng(11);
    for (let i = 0; i < 6000; i++) {
      const order = rng.shuffle(["a", "b", "c"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });

  it("forks by label without drawing, splits by drawing", () => {
    const rng = createRng(9);
    expect(rng.fork("a").uint32()).toBe(rng.fork("a").uint32());
    expect(rng.fork("a").uint32()).not.toBe(rng.fork("b").uint32());
    expect(rng.position).toBe(0);
    expect(rng.split().uint32()).not.toBe(rng.split().uint32());
  });

  it("names a bad argument", () => {
    expect(() => createRng(-1)).toThrow("Rng: seed: expected an integer from 0 to 2^32 - 1, got -1");
    expect(() => createRng(0).integer(0)).toThrow("bound: expected an integer from 1 to 2^32, got 0");
  });
});

const FIRST_NUMBERS = [2804707707, 1432909950, 1503785311];
