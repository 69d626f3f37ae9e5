import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import {
  encodeSentencePair,
  exchangeSeconds,
  neighboringPairs,
  nextSentenceExample,
  nextSentencePair,
  sentencePlaces,
} from "./next-sentence.js";

const DOCUMENTS = [["a1", "a2", "a3"], ["b1"], ["c1", "c2"]];

describe("nextSentencePair", () => {
  it("begins at every sentence that has a next one", () => {
    expect(sentencePlaces(DOCUMENTS)).toEqual([
      { document: 0, sentence: 0 },
      { document: 0, sentence: 1 },
      { document: 2, sentence: 0 },
    ]);
  });

  it("gives the next sentence half of the time, else one of another document, each document as often", () => {
    const seconds = new Map<string, number>();
    for (let seed = 0; seed < 4000; seed++) {
      const pair = nextSentencePair(DOCUMENTS, { document: 0, sentence: 1 }, createRng(seed));
      expect(pair.first).toBe("a2");
      expect(pair.isNext).toBe(pair.second === "a3");
      seconds.set(pair.second, (seconds.get(pair.second) ?? 0) + 1);
    }
    const expected = { a3: 2000, b1: 1000, c1: 500, c2: 500 };
    expect([...seconds.keys()].sort()).toEqual(Object.keys(expected));
    for (const [second, count] of Object.entries(expected)) {
      expect(Math.abs(seconds.get(second)! - count)).toBeLessThan(4 * Math.sqrt(count));
    }
  });

  it("needs another document with sentences", () => {
    const place = { document: 0, sentence: 0 };
    expect(() => nextSentencePair([["a", "b"]], place, createRng(0), { nextProbability: 0 })).toThrow(
      "nextSentencePair: expected at least 2 documents, since a wrong next sentence is from another, got 1",
    );
    expect(() => nextSentencePair([["a", "b"], []], place, createRng(0), { nextProbability: 0 })).toThrow("empty one");
  });
});

describe("a pair", () => {
  const pair = { first: "He left.", second: "It rained.", isNext: true };
  const tokenizer = { encode: (text: string) => [text.length] };

  it("is text to text", () => {
    expect(nextSentenceExample(pair)).toEqual({
      inputs: "nsp: sentence1: He left. sentence2: It rained.",
      targets: "next",
    });
    expect(nextSentenceExample({ ...pair, isNext: false }, { labelSentences: false })).toEqual({
      inputs: "nsp: He left. It rained.",
      targets: "not_next",
    });
  });

  it("is ids and a label", () => {
    expect(encodeSentencePair(pair, tokenizer, { startId: 2, separatorIds: [4], endId: 1 })).toEqual({
      inputIds: [2, 8, 4, 10, 1],
      label: 1,
    });
    expect(encodeSentencePair({ ...pair, isNext: false }, tokenizer, { endId: 1 }).label).toBe(0);
  });
});

describe("T5's pairs", () => {
  it("are neighbours on a line, with or without using a sentence twice", () => {
    const text = "A one. B two!! C\n\nD four? E";
    const pairs = (reuseSentences: boolean) =>
      neighboringPairs(text, { reuseSentences }).map(({ first, second }) => [first, second]);
    expect(pairs(true)).toEqual([
      ["A one.", "B two!!"],
      ["B two!!", "C"],
      ["D four?", "E"],
    ]);
    expect(pairs(false)).toEqual([
      ["A one.", "B two!!"],
      ["D four?", "E"],
    ]);
    expect(neighboringPairs("Alone.  ")).toEqual([]);
  });

  it("exchange their second sentences two by two", () => {
    const pairs = neighboringPairs("A. B.\nC. D.\nE. F.");
    expect(exchangeSeconds(pairs, 0, createRng(0))).toEqual([
      { first: "A.", second: "D.", isNext: false },
      { first: "C.", second: "B.", isNext: false },
    ]);
    expect(exchangeSeconds(pairs, 1, createRng(0))).toEqual(pairs.slice(0, 2));
  });
});
