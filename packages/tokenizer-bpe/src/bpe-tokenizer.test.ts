import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "./load-tokenizer.js";
import { hardText } from "./testing/hard-texts.js";
import { fileOf } from "./testing/hugging-face.js";
import { trainBpe } from "./train-bpe.js";
import { wellFormed } from "./well-formed.js";

const TEXT = "We, the people of the United States, in order to form a more perfect union, establish justice. ".repeat(
  4,
);
const tokenizer = await trainBpe([TEXT], { vocabSize: 500, marks: "start-end" });

/** Any UTF-16 units, halves of pairs included. */
const anyUnits = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 40 });

describe("BpeTokenizer", () => {
  it("tells for each id where it comes from, in units that slice the text", () => {
    const text = "We 😀 the";
    const { ids, pieces, offsets, wordIds, sequenceIds, specialTokensMask, attentionMask } =
      tokenizer.encodeDetailed(text);
    expect(pieces).toEqual(["<s>", "We", "Ġ", "ð", "Ł", "ĺ", "Ģ", "Ġthe", "</s>"]);
    expect(offsets.map(([start, end]) => text.slice(start, end))).toEqual([
      "",
      "We",
      " ",
      "😀",
      "😀",
      "😀",
      "😀",
      " the",
      "",
    ]);
    expect(wordIds).toEqual([null, 0, 1, 1, 1, 1, 1, 2, null]);
    expect(sequenceIds).toEqual([null, 0, 0, 0, 0, 0, 0, 0, null]);
    expect(specialTokensMask).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(attentionMask).toEqual(ids.map(() => 1));
    expect(tokenizer.encodeDetailed(text, { offsets: "code-points" }).offsets.at(-2)).toEqual([4, 8]);
    expect(ids.map((id) => tokenizer.pieceOf(id))).toEqual(pieces);
  });

  it("covers a text with offsets, without gaps", () => {
    fc.assert(
      fc.property(hardText, (text) => {
        const { offsets, ids } = tokenizer.encodeDetailed(text, { addSpecialTokens: false });
        expect(ids).toEqual(tokenizer.encode(text, { addSpecialTokens: false }));
        let covered = 0;
        for (const [start, end] of offsets) {
          expect(start).toBeLessThanOrEqual(covered);
          covered = end;
        }
        expect(covered).toBe(text.length);
      }),
    );
  });

  it("gives back any text, with U+FFFD for halves of pairs that stand alone", () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        const ids = tokenizer.encode(text, { addSpecialTokens: false });
        expect(tokenizer.decode(ids)).toBe(wellFormed(text));
      }),
      { numRuns: 300 },
    );
  });

  it("has offsets that slice each piece's own text, where it has whole characters", () => {
    fc.assert(
      fc.property(fc.oneof(hardText, anyUnits), (text) => {
        const { ids, offsets } = tokenizer.encodeDetailed(text, { addSpecialTokens: false });
        for (const [i, [start, end]] of offsets.entries()) {
          const piece = tokenizer.decode([ids[i]!]);
          if (!piece.includes("\ufffd")) expect(text.slice(start, end)).toBe(piece);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("streams what it decodes, whatever the ids", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(tokenizer.vocabSize + 5)), fc.boolean(), (ids, skipSpecialTokens) => {
        const stream = tokenizer.decodeStream({ skipSpecialTokens });
        const streamed = ids.map((id) => stream.push(id)).join("") + stream.end();
        expect(streamed).toBe(tokenizer.decode(ids, { skipSpecialTokens }));
      }),
      { numRuns: 300 },
    );
  });

  it("finds special tokens in a text, and leaves them out of one if told to", () => {
    const { start, mask, sentinels, end } = tokenizer.special;
    const ids = tokenizer.encode("<mask><extra_id_0>");
    expect(ids).toEqual([start, mask, sentinels[0], end]);
    expect([tokenizer.decode(ids), tokenizer.decode(ids, { skipSpecialTokens: true })]).toEqual([
      "<s><mask><extra_id_0></s>",
      "",
    ]);
  });

  it("puts a second text behind the first", () => {
    const { pieces, sequenceIds } = tokenizer.encodeDetailed("We", { pair: " the" });
    expect([pieces, sequenceIds]).toEqual([
      ["<s>", "We", "</s>", "Ġthe", "</s>"],
      [null, 0, null, 1, null],
    ]);
    expect(tokenizer.encode("We", { pair: " the" }).map((id) => tokenizer.pieceOf(id))).toEqual(pieces);
  });

  it("spells a text in many ways with dropout, all of which decode to it", () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const options = { dropout: { rate: 0.3, random }, addSpecialTokens: false };
    const spellings = Array.from({ length: 20 }, () => tokenizer.encode(TEXT, options));
    expect(new Set(spellings.map((ids) => ids.join())).size).toBe(20);
    for (const ids of spellings) expect(tokenizer.decode(ids)).toBe(TEXT);
    expect(tokenizer.encodeDetailed(TEXT, { dropout: { rate: 0, random } }).ids).toEqual(tokenizer.encode(TEXT));
    expect(tokenizer.encode("the", { dropout: { rate: 1, random }, addSpecialTokens: false })).toHaveLength(3);
  });

  it("leaves the dropout that a file names to the caller", () => {
    const file = fileOf({ vocab: { "<unk>": 0, a: 1, aa: 2 }, merges: [["a", "a"]], dropout: 0.5 });
    const tokenizer = loadTokenizer(file);
    expect(tokenizer.dropoutRate).toBe(0.5);
    expect(Array.from({ length: 50 }, () => tokenizer.encode("aa"))).toEqual(Array(50).fill([2]));
  });

  it("encodes 100,000 equal letters, and 100,000 spaces before one, in no time", () => {
    const started = performance.now();
    expect(tokenizer.decode(tokenizer.encode("e".repeat(100_000)), { skipSpecialTokens: true })).toBe(
      "e".repeat(100_000),
    );
    expect(tokenizer.decode(tokenizer.encode(`${" ".repeat(100_000)}e`), { skipSpecialTokens: true })).toBe(
      `${" ".repeat(100_000)}e`,
    );
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("is the same when loaded from what it was saved as", () => {
    const loaded = loadTokenizer(JSON.parse(JSON.stringify(tokenizer)));
    expect(loaded.special).toEqual(tokenizer.special);
    expect(loaded.encode(TEXT)).toEqual(tokenizer.encode(TEXT));
    expect(loaded.toJSON()).toEqual(tokenizer.toJSON());
  });
});
