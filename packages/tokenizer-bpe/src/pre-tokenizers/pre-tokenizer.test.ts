import { describe, expect, it } from "vitest";
import { alignText } from "../aligned-text.js";
import { ATOMS, hardTexts } from "../testing/hard-texts.js";
import { expectAsNative, fileOfCharacters } from "../testing/hugging-face.js";
import { parsePreTokenizer } from "./pre-tokenizer.js";
import { SPLIT_BEHAVIORS } from "./split.js";
import { eachBatch } from "./words.js";

function cut(json: object | null, text: string): string[] {
  const { prepare, cut } = parsePreTokenizer(json, false);
  const words = prepare(alignText(text, 0));
  const found: string[] = [];
  eachBatch(words, cut, (bounds) => {
    for (let i = 0; i < bounds.length; i += 2) found.push(words.text.text.slice(bounds[i], bounds[i + 1]));
  });
  return found;
}

const regex = (pattern: string): object => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior: "Isolated",
  invert: false,
});

const FILES: object[] = [
  ...SPLIT_BEHAVIORS.flatMap((behavior) =>
    [false, true].flatMap((invert) => [
      { type: "Split", pattern: { Regex: "\\s|\\p{P}" }, behavior, invert },
      { type: "Split", pattern: { String: "a" }, behavior, invert },
      { type: "Split", pattern: { Regex: "a*" }, behavior, invert },
    ]),
  ),
  ...SPLIT_BEHAVIORS.map((behavior) => ({ type: "Punctuation", behavior })),
  { type: "Digits", individual_digits: true },
  { type: "Digits", individual_digits: false },
  { type: "Whitespace" },
  { type: "WhitespaceSplit" },
  ...["always", "first", "never"].flatMap((prepend_scheme) =>
    [true, false].flatMap((split) => {
      const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme, split };
      return [
        metaspace,
        { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace, regex("\\p{L}")] },
      ];
    }),
  ),
  ...[true, false].flatMap((add_prefix_space) =>
    [true, false].flatMap((use_regex) => {
      const byteLevel = { type: "ByteLevel", add_prefix_space, trim_offsets: true, use_regex };
      return [
        byteLevel,
        { type: "Sequence", pretokenizers: [regex("\\p{P}"), byteLevel, { type: "Digits", individual_digits: true }] },
      ];
    }),
  ),
];

describe("parsePreTokenizer", () => {
  it("leaves the text whole for null, and finds no word in nothing", () => {
    expect([cut(null, "a b"), cut(null, ""), cut({ type: "Whitespace" }, " ")]).toEqual([["a b"], [], []]);
  });

  it.each([
    [{ type: "Whitespace" }, "Hey, you_1 Ⅷ!", ["Hey", ",", "you_1", "Ⅷ", "!"]],
    [{ type: "WhitespaceSplit" }, "Hey, you", ["Hey,", "you"]],
    [{ type: "Punctuation" }, "a+b", ["a", "+", "b"]],
    [{ type: "Digits", individual_digits: false }, "a12b", ["a", "12", "b"]],
    [{ type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true }, "Hey  you", ["▁Hey", "▁", "▁you"]],
    [{ type: "Metaspace", replacement: "▁", add_prefix_space: false }, "Hey you", ["Hey", "▁you"]],
    [{ type: "ByteLevel", add_prefix_space: true, use_regex: true }, "é you's", ["ĠÃ©", "Ġyou", "'s"]],
  ])("%j cuts %j into %j", (json, text, expected) => {
    expect(cut(json, text)).toEqual(expected);
  });

  it.each([
    ["Removed", ["the", "final", "countdown"]],
    ["Isolated", ["the", "-", "final", "-", "-", "countdown"]],
    ["MergedWithPrevious", ["the-", "final-", "-", "countdown"]],
    ["MergedWithNext", ["the", "-final", "-", "-countdown"]],
    ["Contiguous", ["the", "-", "final", "--", "countdown"]],
  ])("%s: the-final--countdown is %j", (behavior, expected) => {
    expect(cut({ type: "Split", pattern: { String: "-" }, behavior, invert: false }, "the-final--countdown")).toEqual(
      expected,
    );
  });

  it("cuts texts with more words than are handled at once", () => {
    const words = Array.from({ length: 10_000 }, (_, i) => `▁${i}`);
    const sequence = { type: "Sequence", pretokenizers: [{ type: "Metaspace", replacement: "▁" }, regex("▁?\\d+")] };
    expect(cut(sequence, words.join(""))).toEqual(words);
    const byteLevel = { type: "ByteLevel", add_prefix_space: false };
    expect(cut(byteLevel, " word".repeat(10_000))).toEqual(Array(10_000).fill("Ġword"));
  });

  it.each(FILES)("%j gives the ids, offsets and words of Hugging Face's", async (pre_tokenizer) => {
    await expectAsNative(fileOfCharacters(ATOMS, { pre_tokenizer }), hardTexts(60));
  });

  it("knows the first piece by its place in the original, even where a normalizer took its beginning", async () => {
    const normalizer = { type: "Replace", pattern: { Regex: "^[a\\s]" }, content: "" };
    const pre_tokenizer = { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true };
    await expectAsNative(fileOfCharacters(ATOMS, { normalizer, pre_tokenizer }), [
      "abc abc",
      " abc",
      "bc",
      ...hardTexts(100),
    ]);
  });

  it("names what it doesn't know", () => {
    expect(() => parsePreTokenizer({ type: "BertPreTokenizer" }, true)).toThrow('unknown type "BertPreTokenizer"');
    expect(() => parsePreTokenizer({ type: "Split", pattern: { String: "a" }, behavior: "Kept" }, true)).toThrow(
      'pre_tokenizer.behavior: expected Removed or Isolated or MergedWithPrevious or MergedWithNext or Contiguous, got "Kept"',
    );
    expect(() => parsePreTokenizer({ type: "Metaspace", replacement: "__" }, true)).toThrow(
      "replacement: expected one character",
    );
  });
});
