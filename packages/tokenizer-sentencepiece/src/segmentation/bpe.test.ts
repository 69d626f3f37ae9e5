import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "../load-sentencepiece.js";
import type { SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { BYTES, smallModel } from "../testing/small-model.js";

const SCORES = {
  "▁": -9,
  a: -10,
  b: -11,
  c: -12,
  ab: 0,
  bc: -1,
  abc: -2,
  "▁a": -3,
  "▁ab": -4,
  cc: -5,
  aa: -6,
  aaa: -7,
  aaaa: -8,
};

function bpe(model: SentencePieceModel): SentencePieceModel {
  return { ...model, trainer: { ...model.trainer, modelType: 2 } };
}

/** Merges as the definition says: the pair with the highest score, the leftmost of equals, again and again. */
function mergeSlowly(text: string, scores: Record<string, number>): string[] {
  const symbols = [...text];
  for (;;) {
    let best = -1;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const score = scores[symbols[i]! + symbols[i + 1]!];
      if (score !== undefined && (best < 0 || score > scores[symbols[best]! + symbols[best + 1]!]!)) best = i;
    }
    if (best < 0) return symbols;
    symbols.splice(best, 2, symbols[best]! + symbols[best + 1]!);
  }
}

describe("ScoredBpe", () => {
  it("merges as its definition says", () => {
    const tokenizer = loadSentencePiece(bpe(smallModel(SCORES)));
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 24 });
    fc.assert(
      fc.property(texts, (text) => {
        expect(tokenizer.encodeDetailed(text).pieces).toEqual(mergeSlowly(tokenizer.normalize(text), SCORES));
        expect(tokenizer.encodeDetailed(text).ids).toEqual(tokenizer.encode(text));
      }),
      { numRuns: 500 },
    );
  });

  it("never cuts or merges user-defined pieces", () => {
    const tokenizer = loadSentencePiece(bpe(smallModel(SCORES, { "user-defined": ["bb", "abb"] })));
    expect(tokenizer.encodeDetailed("aabbabc").pieces).toEqual(["▁a", "abb", "abc"]);
  });

  it("cuts pieces that aren't used into what they were made of", () => {
    const model = bpe(smallModel(SCORES));
    const pieces = model.pieces.map((each) => (each.piece === "abc" ? { ...each, type: "unused" as const } : each));
    expect(loadSentencePiece({ ...model, pieces }).encodeDetailed("cabc").pieces).toEqual(["▁", "c", "ab", "c"]);
  });

  it("spells unknown characters in bytes, the last of which has the character's place", () => {
    const tokenizer = loadSentencePiece(bpe(smallModel(SCORES, { byte: BYTES })));
    const { pieces, offsets } = tokenizer.encodeDetailed("aé👍");
    expect(pieces).toEqual(["▁a", "<0xC3>", "<0xA9>", "<0xF0>", "<0x9F>", "<0x91>", "<0x8D>"]);
    expect(offsets).toEqual([
      [0, 1],
      [1, 1],
      [1, 2],
      [2, 2],
      [2, 2],
      [2, 2],
      [2, 4],
    ]);
    expect(tokenizer.decode(tokenizer.encode("aé👍"))).toBe("aé👍");
  });

  it("passes over merges at random if told so", () => {
    const tokenizer = loadSentencePiece(bpe(smallModel(SCORES)));
    const never = tokenizer.encodeDetailed("abc", { sampling: { alpha: 1, random: () => 0.5 } });
    expect(never.pieces).toEqual(["▁", "a", "b", "c"]);
    const always = tokenizer.encodeDetailed("abc", { sampling: { alpha: 0, random: () => 0.5 } });
    expect(always.pieces).toEqual(tokenizer.encodeDetailed("abc").pieces);
  });

  it("takes no square of time for a text without spaces", () => {
    const tokenizer = loadSentencePiece(bpe(smallModel(SCORES)));
    expect(tokenizer.encode("a".repeat(100_000)).length).toBe(25_001); // a square would take minutes
  });
});
