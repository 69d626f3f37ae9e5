import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countEdits, sumOfEdits, wordEditDistance } from "./edit-distance.js";

const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 7 });

/** The distance by its definition, trying every last edit. */
function distance(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [shorterA, shorterB] = [a.slice(0, -1), b.slice(0, -1)];
  const change = a.at(-1) === b.at(-1) ? 0 : 1;
  return Math.min(distance(shorterA, shorterB) + change, distance(shorterA, b) + 1, distance(a, shorterB) + 1);
}

describe("countEdits", () => {
  it("tells apart what was put in, left out and replaced", () => {
    expect(countEdits([..."sitting"], [..."kitten"])).toEqual({ substitutions: 2, insertions: 1, deletions: 0 });
    expect(countEdits(["a"], ["x", "a", "y"])).toEqual({ substitutions: 0, insertions: 0, deletions: 2 });
    expect(countEdits(["x"], [])).toEqual({ substitutions: 0, insertions: 1, deletions: 0 });
  });

  it("finds the fewest edits", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(sumOfEdits(countEdits(a, b))).toBe(distance(a, b));
      }),
      { numRuns: 60 },
    );
  });

  it("counts edits that lead from one length to the other, none of them negative", () => {
    fc.assert(
      fc.property(text, text, (prediction, reference) => {
        const { substitutions, insertions, deletions } = countEdits(prediction, reference);
        expect(insertions - deletions).toBe(prediction.length - reference.length);
        for (const count of [substitutions, insertions, deletions]) expect(count).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("wordEditDistance", () => {
  it("sums up in five ways", () => {
    expect(wordEditDistance(["a", "a b", "x y z", "q"], ["a", "a", "a", "q r s t"])).toEqual({
      min: 0,
      max: 3,
      mean: 7 / 4,
      median: 2,
      sum: 7,
    });
  });

  it("ignores case unless told otherwise", () => {
    const [prediction, target] = ["This is a different SENTENCE.", "This is a sentence."];
    expect(wordEditDistance([prediction], [target]).sum).toBe(1);
    expect(wordEditDistance([prediction], [target], { lower: false }).sum).toBe(2);
  });

  it("counts the nothing after a full stop as a word, as T5 does", () => {
    expect(wordEditDistance(["end"], ["end."]).sum).toBe(1);
  });
});
