import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FALLBACK_PIECES } from "./bpe-model.js";
import { BYTE_CHARACTERS, byteCharacters } from "./byte-alphabet.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { expectAsNative, fileOf } from "./testing/hugging-face.js";

/** Merges of the pairs of `parts` that are drawn, once each; what they join is added to `parts` and to `pieces`. */
function mergesOf(drawn: readonly [number, number][], pieces: string[], parts: string[]): [string, string][] {
  const merges = new Map<string, [string, string]>();
  for (const [left, right] of drawn) {
    const pair: [string, string] = [parts[left % parts.length]!, parts[right % parts.length]!];
    merges.set(pair.join(" "), pair);
    if (pieces.includes(pair.join(""))) continue;
    pieces.push(pair.join(""));
    parts.push(pair.join(""));
  }
  return [...merges.values()];
}

/** A model with random merges over a few pieces, among them the unknown one and bytes. */
const model = fc
  .record({
    hasMore: fc.boolean(),
    hasBytes: fc.boolean(),
    merges: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
    isAmongLetters: fc.boolean(),
    fuse_unk: fc.boolean(),
    byte_fallback: fc.boolean(),
    ignore_merges: fc.boolean(),
    unk_token: fc.constantFrom("<unk>", null),
  })
  .map(({ hasMore, hasBytes, merges: drawn, isAmongLetters, ...options }) => {
    const pieces = ["<unk>", "a", "b", "▁", "é", ...(hasMore ? ["中", "Ġ"] : []), ...(hasBytes ? FALLBACK_PIECES : [])];
    const parts = isAmongLetters ? pieces.slice(1, 5) : [...pieces];
    const merges = mergesOf(drawn, pieces, parts);
    return {
      ...options,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges,
    };
  });

const text = fc
  .array(fc.constantFrom("a", "b", "ab", "ba", "aab", "▁", "▁▁", "é", "中", "😀", " ", "Ġ", "a▁", "x", "ß", "\0"), {
    maxLength: 90,
  })
  .map((atoms) => atoms.join(""));

const stages = fc.record({
  normalizer: fc.constantFrom(null, { type: "Replace", pattern: { String: " " }, content: "▁" }),
  pre_tokenizer: fc.constantFrom(null, {
    type: "Split",
    pattern: { String: "x" },
    behavior: "Isolated",
    invert: false,
  }),
});

describe("BpeModel", () => {
  it("gives the ids and offsets of Hugging Face's for any vocabulary", async () => {
    await fc.assert(
      fc.asyncProperty(model, stages, fc.array(text, { minLength: 1, maxLength: 8 }), async (model, stages, texts) => {
        // Where characters are left out for want of an unknown piece, Hugging Face's offsets lose count of them.
        await expectAsNative(fileOf(model, stages), texts, { offsets: model.unk_token !== null });
      }),
      { numRuns: 150 },
    );
  });

  it("gives those ids for long words in bytes, whose parts merges may join within a character", async () => {
    const atoms = ["a", "é", "中", "丮", "😀", "😁", "\u0301"].map(byteCharacters);
    const drawn = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 5, maxLength: 40 });
    const words = fc
      .array(fc.constantFrom("a", "é", "中", "丮", "😀", "😁", "\u0301", "aa", "中中"), {
        minLength: 40,
        maxLength: 120,
      })
      .map((characters) => characters.join(""));
    await fc.assert(
      fc.asyncProperty(
        drawn,
        fc.boolean(),
        fc.array(words, { minLength: 1, maxLength: 4 }),
        async (drawn, isWhole, texts) => {
          const pieces = [...BYTE_CHARACTERS];
          const parts = [...new Set(atoms.join(""))];
          const merges = mergesOf(drawn, pieces, parts);
          const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
          const file = fileOf(
            { vocab, merges, ignore_merges: isWhole, unk_token: null },
            { pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false, trim_offsets: false } },
          );
          await expectAsNative(file, texts);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("spells a character without a piece in bytes, or as unknown", () => {
    const pieces = ["<unk>", "a", ...FALLBACK_PIECES];
    const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
    const encode = (options: object): string[] =>
      loadTokenizer(fileOf({ vocab, ...options })).encodeDetailed("aéé").pieces;
    expect(encode({ byte_fallback: true })).toEqual(["a", "<0xC3>", "<0xA9>", "<0xC3>", "<0xA9>"]);
    expect(encode({ byte_fallback: false })).toEqual(["a", "<unk>", "<unk>"]);
    expect(encode({ fuse_unk: true })).toEqual(["a", "<unk>"]);
    expect(encode({ unk_token: null })).toEqual(["a"]);
  });

  it("keeps the text's order where only some bytes have a piece", () => {
    // Hugging Face puts the unknown ones after the bytes that follow them.
    const vocab = { "<unk>": 0, "<0x62>": 1 };
    expect(loadTokenizer(fileOf({ vocab, byte_fallback: true })).encodeDetailed("cb")).toMatchObject({
      ids: [0, 1],
      offsets: [
        [0, 1],
        [1, 2],
      ],
    });
  });

  it("gives the same ids when its cache is full", () => {
    const vocab = Object.fromEntries(["<unk>", ..."0123456789 ", "12", "123"].map((piece, id) => [piece, id]));
    const pre_tokenizer = { type: "Whitespace" };
    const file = fileOf(
      {
        vocab,
        merges: [
          ["1", "2"],
          ["12", "3"],
        ],
      },
      { pre_tokenizer },
    );
    const tokenizer = loadTokenizer(file);
    const numbers = Array.from({ length: 70_000 }, (_, i) => String(i * 7));
    tokenizer.encode(numbers.join(" "));
    for (const number of ["7", "1239", "489993"])
      expect(tokenizer.encode(number)).toEqual(loadTokenizer(file).encode(number));
    expect(tokenizer.encodeDetailed("4123 12").pieces).toEqual(["4", "123", "12"]);
  });
});
