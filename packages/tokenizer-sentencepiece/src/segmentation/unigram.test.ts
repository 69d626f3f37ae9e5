import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "../load-sentencepiece.js";
import { HAS_FIXTURES, readFixture, realLines } from "../testing/fixtures.js";
import { smallModel } from "../testing/small-model.js";
import { nBest } from "./n-best.js";
import { samplePieces } from "./sampling.js";
import { segmenterOf } from "./segmenter-of.js";
import { Unigram, type UnigramVocabulary } from "./unigram.js";
import { Vocabulary } from "./vocabulary.js";

const MODEL = smallModel({ "▁": -2, "▁a": -1.5, a: -3, b: -2.5, ab: -4, ba: -4.5, aba: -6.25, é: -5, "▁ab": -3.75 });

function vocabularyOf(model = MODEL): UnigramVocabulary {
  return segmenterOf(model, new Vocabulary(model)).unigram!;
}

type Way = { readonly ids: number[]; readonly score: number };

/** All ways to make a text of the pieces, the best first. */
function allWays(text: string, model = MODEL): Way[] {
  const pieces = new Map(
    model.pieces.flatMap(({ piece, score, type }, id) => (type === "normal" ? [[piece, { id, score }]] : [])),
  );
  const lowest = Math.min(...[...pieces.values()].map(({ score }) => score));
  const ways = (rest: string): Way[] => {
    if (rest === "") return [{ ids: [], score: 0 }];
    const character = String.fromCodePoint(rest.codePointAt(0)!);
    const starts = [...pieces]
      .filter(([piece]) => rest.startsWith(piece))
      .map(([piece, found]) => ({ piece, ...found }));
    if (!pieces.has(character)) starts.push({ piece: character, id: 2, score: lowest - 10 });
    return starts.flatMap(({ piece, id, score }) =>
      ways(rest.slice(piece.length)).map((way) => ({ ids: [id, ...way.ids], score: score + way.score })),
    );
  };
  return ways(text).sort((x, y) => y.score - x.score);
}

const texts = fc.string({ unit: fc.constantFrom("a", "b", "é", "▁", "?"), minLength: 1, maxLength: 9 });

describe("Unigram", () => {
  it("finds the pieces with the highest sum, whatever else there is", () => {
    const unigram = new Unigram(vocabularyOf());
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = new TextEncoder().encode(text);
        const ids: number[] = [];
        unigram.segment(bytes, bytes.length, ids);
        const ways = allWays(text);
        expect(ways.filter(({ score }) => score > ways[0]!.score - 1e-9).map((way) => way.ids)).toContainEqual(ids);
      }),
      { numRuns: 500 },
    );
  });

  it("takes the longer last piece of two ways that are equally good", () => {
    const model = smallModel({ "▁": -1, a: -2, aa: -3 });
    const tokenizer = loadSentencePiece(model);
    expect(tokenizer.encodeDetailed("aaa").pieces).toEqual(["▁", "a", "aa"]);
  });

  it("finds the same with and without remembering words, where rounding decides", () => {
    // ab + a and a + ba have the same sum, but not once they're rounded, after other words.
    const model = smallModel({ "▁": -1.1, a: -2.1, ab: -1.3, ba: -1.3, b: -9.7, x: -0.7 });
    const vocabulary = vocabularyOf(model);
    const remembering = new Unigram(vocabulary);
    const exact = new Unigram({ ...vocabulary, isCutAtSpaces: false });
    fc.assert(
      fc.property(fc.array(fc.constantFrom("▁aba", "▁ababa", "▁xaba", "▁x"), { maxLength: 200 }), (words) => {
        const bytes = new TextEncoder().encode(words.join(""));
        const ids: number[] = [];
        const ends: number[] = [];
        remembering.segment(bytes, bytes.length, ids, ends);
        const exactIds: number[] = [];
        const exactEnds: number[] = [];
        exact.segment(bytes, bytes.length, exactIds, exactEnds);
        expect([ids, ends]).toEqual([exactIds, exactEnds]);
      }),
    );
  });

  it.skipIf(!HAS_FIXTURES)("finds the same with and without remembering words on real texts in one line", () => {
    const model = loadSentencePiece(readFixture("t5_base.model")).model;
    const vocabulary = vocabularyOf(model);
    const text = `▁${realLines(400).join(" ").replaceAll(/\s+/g, "▁")}`;
    const bytes = new TextEncoder().encode(text);
    const ids: number[] = [];
    new Unigram(vocabulary).segment(bytes, bytes.length, ids);
    const exactIds: number[] = [];
    new Unigram({ ...vocabulary, isCutAtSpaces: false }).segment(bytes, bytes.length, exactIds);
    expect(ids).toEqual(exactIds);
  });

  it("takes time in proportion to the length of a text without spaces", () => {
    const tokenizer = loadSentencePiece(MODEL);
    expect(tokenizer.encode("ab?".repeat(100_000)).length).toBe(200_000); // a square would take minutes
  });
});

describe("nBest", () => {
  it("lists the best ways in their order", () => {
    const vocabulary = vocabularyOf();
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 12 }), (text, count) => {
        const bytes = new TextEncoder().encode(text);
        const found = nBest(vocabulary, bytes, bytes.length, count);
        const expected = allWays(text).slice(0, count);
        expect(found.length).toBe(expected.length);
        for (const [i, { score }] of expected.entries()) expect(found[i]!.score).toBeCloseTo(score, 4);
        expect(new Set(found.map(({ ids }) => ids.join())).size).toBe(found.length);
        for (const { ends } of found) expect(ends.at(-1)).toBe(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  it("goes on when too many beginnings are open", () => {
    const vocabulary = vocabularyOf(smallModel({ a: -1, aa: -2, aaa: -3, aaaa: -4 }));
    const bytes = new TextEncoder().encode("a".repeat(400));
    expect(nBest(vocabulary, bytes, bytes.length, 20).map(({ score }) => score)).toEqual(Array(20).fill(-400));
  });
});

describe("samplePieces", () => {
  const text = "▁ababa?";
  const bytes = new TextEncoder().encode(text);
  const vocabulary = vocabularyOf();

  it.each([0, 0.3, 1])("draws each way with its probability for alpha %s", (alpha) => {
    const ways = allWays(text);
    const weights = ways.map(({ score }) => Math.exp(alpha * score));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const count = 20_000;
    const drawn = new Map<string, number>();
    let state = 1;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < count; i++) {
      const key = samplePieces(vocabulary, bytes, bytes.length, { alpha, random }).ids.join();
      drawn.set(key, (drawn.get(key) ?? 0) + 1);
    }
    for (const [i, { ids }] of ways.entries()) {
      const probability = weights[i]! / total;
      const error = 5 * Math.sqrt((probability * (1 - probability)) / count); // five standard deviations
      expect(Math.abs((drawn.get(ids.join()) ?? 0) / count - probability)).toBeLessThanOrEqual(error + 1e-9);
    }
  });

  it("draws from the best only if told so", () => {
    const best = allWays(text)
      .slice(0, 2)
      .map(({ ids }) => ids.join());
    let state = 1;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const drawn = new Set<string>();
    for (let i = 0; i < 200; i++)
      drawn.add(samplePieces(vocabulary, bytes, bytes.length, { alpha: 0.1, random, nBest: 2 }).ids.join());
    expect([...drawn].sort()).toEqual(best.sort());
  });

  it("takes the best for a large alpha", () => {
    const { ids } = samplePieces(vocabulary, bytes, bytes.length, { alpha: 1e4, random: () => 0.5 });
    expect(ids).toEqual(allWays(text)[0]!.ids);
  });
});
