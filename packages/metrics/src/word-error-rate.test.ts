import { describe, expect, it } from "vitest";
import { characterErrorRate, wordErrorRate } from "./word-error-rate.js";

describe("wordErrorRate", () => {
  it("divides the edits of the whole set by the words of its references", () => {
    // One substitution in four words, one insertion and one deletion in three: 3 of 7, and not the mean of rates.
    expect(wordErrorRate(["a b c x", "z a b"], ["a b c d", "a b c"])).toEqual({
      substitutions: 1,
      insertions: 1,
      deletions: 1,
      edits: 3,
      length: 7,
      rate: 3 / 7,
    });
  });

  it("goes above 1 for transcripts that are too long", () => {
    expect(wordErrorRate(["a b c"], ["x"]).rate).toBe(3);
  });

  it("compares to the letter and ignores how much white space there is", () => {
    expect(wordErrorRate(["The  cat\n"], ["the cat"]).rate).toBe(0.5);
  });

  it("is 0 where there was nothing to be heard and nothing was, and refuses insertions into nothing", () => {
    expect(wordErrorRate([""], [" "]).rate).toBe(0);
    expect(() => wordErrorRate(["a b"], [""])).toThrow(
      "wordErrorRate: references: expected something to compare 2 insertions with, got nothing",
    );
    expect(wordErrorRate(["a b", "c"], ["", "c"]).rate).toBe(2);
  });
});

describe("characterErrorRate", () => {
  it("counts characters and not halves of them, spaces included", () => {
    expect(characterErrorRate(["ab😀"], ["a b😁"])).toMatchObject({ edits: 2, length: 4, rate: 0.5 });
  });
});
