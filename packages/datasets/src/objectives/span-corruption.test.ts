import { createRng } from "@t5ts/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { T5_SPAN_NOISE } from "./noise-mask.js";
import { planSpanCorruption, type SpanCorruptionOptions, spanCorruption, t5SentinelIds } from "./span-corruption.js";

const T5: SpanCorruptionOptions = { ...T5_SPAN_NOISE, sentinelIds: t5SentinelIds(), endId: 1, roll: false };
const isSentinel = (id: number) => id >= 32000;

describe("spanCorruption", () => {
  it("can be undone: each sentinel of the inputs stands for what follows it in the targets", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 31999 }), { minLength: 2, maxLength: 400 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.boolean(),
        fc.nat(),
        (ids, noiseDensity, meanNoiseSpanLength, roll, seed) => {
          const options = { ...T5, noiseDensity, meanNoiseSpanLength, roll };
          const { inputIds, labels } = spanCorruption(ids, options, createRng(seed))!;
          expect(restore(inputIds, labels)).toEqual([...ids, 1]);
          expect(inputIds.filter(isSentinel)).toEqual(labels.filter(isSentinel));
          expect(inputIds.filter(isSentinel)).toEqual(t5SentinelIds().slice(0, inputIds.filter(isSentinel).length));
        },
      ),
    );
  });

  it("makes T5's lengths: 568 tokens give 512 and 114", () => {
    const ids = Array.from({ length: 568 }, (_, i) => i + 100);
    const { inputIds, labels } = spanCorruption(ids, T5, createRng(4))!;
    expect([inputIds.length, labels.length]).toEqual([512, 114]);
    expect([inputIds.at(-1), labels.at(-1), labels[0]]).toEqual([1, 1, 32099]);
  });

  it("makes longer spans where the sentinels don't suffice", () => {
    const ids = Array.from({ length: 300 }, (_, i) => i + 3);
    for (const roll of [false, true]) {
      const options = { ...T5, meanNoiseSpanLength: 1, roll, sentinelIds: [32099, 32098, 32097] };
      for (let seed = 0; seed < 50; seed++) {
        const { inputIds, labels } = spanCorruption(ids, options, createRng(seed))!;
        expect(inputIds.filter(isSentinel).length).toBeLessThanOrEqual(3);
        expect(restore(inputIds, labels)).toEqual([...ids, 1]);
      }
    }
  });

  it("leaves out a text with nothing to keep or nothing to hide", () => {
    expect([[], [5], [5, 6]].map((ids) => spanCorruption(ids, T5, createRng(0))?.labels)).toEqual([
      undefined,
      undefined,
      [32099, 6, 1],
    ]);
  });

  it("names too few sentinels", () => {
    expect(() => spanCorruption([5, 6], { ...T5, sentinelIds: [9] }, createRng(0))).toThrow(
      "sentinelIds: expected at least 2 sentinels, got 1",
    );
  });
});

describe("planSpanCorruption", () => {
  it("finds the longest text whose inputs fit, rolled or not, whatever the mask", () => {
    for (let inputLength = 12; inputLength < 140; inputLength++) {
      for (const roll of [false, true]) {
        const plan = planSpanCorruption({ ...T5_SPAN_NOISE, inputLength, roll });
        const ids = Array.from({ length: plan.rawLength }, (_, i) => i + 100);
        for (let seed = 0; seed < 8; seed++) {
          const { inputIds, labels } = spanCorruption(ids, { ...T5, roll }, createRng(seed))!;
          // Planning is in float64 and masks in float32: where they differ, one token is on the other side.
          expect(inputIds.length).toBeLessThanOrEqual(inputLength);
          expect(inputIds.length).toBeGreaterThanOrEqual(inputLength - 2);
          expect(labels.length).toBeLessThanOrEqual(plan.targetLength + 1);
        }
      }
    }
  });

  it("knows T5's lengths", () => {
    expect(planSpanCorruption({ ...T5_SPAN_NOISE, inputLength: 512, roll: false })).toEqual({
      rawLength: 568,
      targetLength: 114,
    });
  });

  it("names a length that leaves no room", () => {
    expect(() => planSpanCorruption({ ...T5_SPAN_NOISE, inputLength: 2, roll: true })).toThrow(
      "planSpanCorruption: inputLength: expected at least 3, got 2",
    );
  });
});

/** The text again, end mark included. */
function restore(inputIds: number[], labels: number[]): number[] {
  return inputIds.flatMap((id) => {
    if (!isSentinel(id)) return [id];
    const start = labels.indexOf(id) + 1;
    const next = labels.findIndex((label, i) => i >= start && (isSentinel(label) || label === 1));
    return labels.slice(start, next);
  });
}
