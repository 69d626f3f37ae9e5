import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eachRepeat, suffixArray } from "./suffix-array.js";

function compare(text: readonly number[], a: number, b: number): number {
  for (let i = 0; ; i++) {
    if (a + i === text.length || b + i === text.length) return b - a;
    if (text[a + i] !== text[b + i]) return text[a + i]! - text[b + i]!;
  }
}

const texts = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 200 }),
);

describe("suffixArray", () => {
  it("orders the suffixes of banana", () => {
    const text = Int32Array.from("banana", (letter) => letter.charCodeAt(0) - 97);
    expect([...suffixArray(text, 26)]).toEqual([5, 3, 1, 0, 4, 2]);
  });

  it("orders suffixes as sorting them does", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const expected = text.map((_, i) => i).sort((a, b) => compare(text, a, b));
        expect([...suffixArray(Int32Array.from(text), 6)]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("eachRepeat", () => {
  it("finds every stretch that occurs more than once and can't be longer, with its count", () => {
    fc.assert(
      fc.property(texts, (text) => {
        // By hand: a stretch counts if it occurs at least twice and not always with the same number after it.
        const expected = new Map<string, number>();
        for (let length = 1; length < text.length; length++) {
          const places = new Map<string, number[]>();
          for (let i = 0; i + length <= text.length; i++) {
            const key = text.slice(i, i + length).join();
            places.set(key, [...(places.get(key) ?? []), i]);
          }
          for (const [key, starts] of places) {
            const after = new Set(starts.map((i) => text[i + length] ?? -1));
            if (starts.length > 1 && after.size > 1) expected.set(key, starts.length);
          }
        }
        const found = new Map<string, number>();
        const array = Int32Array.from(text);
        eachRepeat(array, suffixArray(array, 6), (start, length, count) => {
          found.set(text.slice(start, start + length).join(), count);
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
