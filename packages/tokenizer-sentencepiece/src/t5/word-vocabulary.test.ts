import { describe, expect, it } from "vitest";
import { idsUpToEnd } from "./ids-up-to-end.js";
import { WordVocabulary } from "./word-vocabulary.js";

describe("WordVocabulary", () => {
  it("numbers words from 1, and what it doesn't know after the last", () => {
    const vocabulary = new WordVocabulary(["yes", "no", "not yet"]);
    expect(["yes", "not yet", "perhaps"].map((word) => vocabulary.encode(word))).toEqual([[1], [3], [4]]);
    expect([vocabulary.decode([2]), vocabulary.decode([4]), vocabulary.vocabSize]).toEqual(["no", "UNK", 5]);
  });

  it("splits at spaces if told so", () => {
    const vocabulary = new WordVocabulary(["yes", "no"], { splitOnSpace: true });
    expect(vocabulary.encode("no yes maybe")).toEqual([2, 1, 3]);
    expect(vocabulary.decode([2, 1])).toBe("no yes");
  });
});

describe("idsUpToEnd", () => {
  it("ends with the first end mark and makes unknown what the vocabulary lacks", () => {
    expect(idsUpToEnd([5, 300, 1, 7], { vocabSize: 100, end: 1, unknown: 2 })).toEqual([5, 2, 1]);
    expect(idsUpToEnd([5, 300], { vocabSize: 100, end: 1 })).toEqual([5, 300]);
  });
});
