import { Tokenizer } from "tokenizers";
import { describe, expect, it } from "vitest";
import { type BatchEncoding, encodeBatch, type Truncation } from "./batch.js";
import type { Encoding } from "./encoding.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { fileOf } from "./testing/hugging-face.js";

const LETTERS = "abcdefghijklmnopqrst";
const vocab = Object.fromEntries(["<unk>", ...LETTERS, " "].map((piece, id) => [piece, id]));
const special = ["<pad>", "<s>", "</s>"].map((content, i) => ({
  id: 100 + i,
  content,
  special: true,
  normalized: false,
  single_word: false,
  lstrip: false,
  rstrip: false,
}));
const mark = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
const sequence = (id: string, type_id: number): object => ({ Sequence: { id, type_id } });
const file = fileOf(
  { vocab: { ...vocab, "<pad>": 100, "<s>": 101, "</s>": 102 } },
  {
    added_tokens: special,
    post_processor: {
      type: "TemplateProcessing",
      single: [mark("<s>"), sequence("A", 0), mark("</s>")],
      pair: [mark("<s>"), sequence("A", 0), mark("</s>"), sequence("B", 1), mark("</s>")],
      special_tokens: {
        "<s>": { id: "<s>", ids: [101], tokens: ["<s>"] },
        "</s>": { id: "</s>", ids: [102], tokens: ["</s>"] },
      },
    },
  },
);
const ours = loadTokenizer(file);

type NativeEncoding = Awaited<ReturnType<Tokenizer["encode"]>>;

const described = ({ ids, offsets, typeIds, attentionMask, specialTokensMask }: Encoding): object => ({
  ids,
  offsets,
  typeIds,
  attentionMask,
  specialTokensMask,
});
const nativeDescribed = (encoding: NativeEncoding): object => ({
  ids: encoding.getIds(),
  offsets: encoding.getOffsets(),
  typeIds: encoding.getTypeIds(),
  attentionMask: encoding.getAttentionMask(),
  specialTokensMask: encoding.getSpecialTokensMask(),
});

const TRUNCATIONS: Truncation[] = [
  { maxLength: 7 },
  { maxLength: 12, stride: 2 },
  { maxLength: 11, stride: 3, side: "left" },
  { maxLength: 12, strategy: "only-first" },
  { maxLength: 13, strategy: "only-second", stride: 1 },
  { maxLength: 30 },
];

describe("encodeBatch", () => {
  it.each(TRUNCATIONS)("truncates with %j as Hugging Face does, what's cut off included", async (truncation) => {
    const strategy = { "longest-first": "LongestFirst", "only-first": "OnlyFirst", "only-second": "OnlySecond" }[
      truncation.strategy ?? "longest-first"
    ];
    const native = Tokenizer.fromString(JSON.stringify(file));
    const { maxLength, stride = 0, side = "right" } = truncation;
    native.setTruncation(maxLength, { stride, direction: side, strategy: strategy as never });
    const texts: (string | [string, string])[] = [
      "abcdefghijklmno",
      "abc",
      ["abcdefghij", "kl"],
      ["ab", "cdefghijklm"],
      ["abcdefg", "hijklmn"],
      ["abcdefgh", "ijklm"],
    ];
    for (const item of texts) {
      const [text, pair] = typeof item === "string" ? [item] : item;
      // Hugging Face refuses to cut a text to nothing, and a second text that isn't there.
      if (
        truncation.strategy !== undefined &&
        (pair === undefined ||
          text.length + pair.length - (maxLength - 3) >= (strategy === "OnlyFirst" ? text : pair).length)
      )
        continue;
      const [encoding] = encodeBatch(ours, [item], { truncation }) as [BatchEncoding];
      const theirs = await native.encode(text, pair);
      expect({ item, ...described(encoding) }).toEqual({ item, ...nativeDescribed(theirs) });
      expect(encoding.overflowing.map(described)).toEqual(theirs.getOverflowing().map(nativeDescribed));
      for (const part of [encoding, ...encoding.overflowing]) expect(part.ids.length).toBeLessThanOrEqual(maxLength);
    }
  });

  it.each([{}, { multipleOf: 8 }, { length: 20, side: "left" as const }])(
    "pads with %j as Hugging Face does",
    async (padding) => {
      const native = Tokenizer.fromString(JSON.stringify(file));
      const { length, multipleOf, side = "right" } = { length: undefined, multipleOf: undefined, ...padding };
      native.setPadding({
        padId: 100,
        padToken: "<pad>",
        direction: side,
        ...(length ? { maxLength: length } : {}),
        ...(multipleOf ? { padToMultipleOf: multipleOf } : {}),
      });
      native.setTruncation(9);
      const texts = ["abcdefghijklmno", "abc", ""];
      const theirs = await native.encodeBatch(texts);
      const encodings = encodeBatch(ours, texts, { padding, truncation: { maxLength: 9 } });
      expect(encodings.map(described)).toEqual(theirs.map(nativeDescribed));
      expect(encodings[0]!.overflowing.map(described)).toEqual(theirs[0]!.getOverflowing().map(nativeDescribed));
    },
  );

  it("covers a text with its parts, each repeating so much of the one before", () => {
    const [encoding] = encodeBatch(ours, ["abcdefghijklmno"], { truncation: { maxLength: 8, stride: 2 } }) as [
      BatchEncoding,
    ];
    expect(
      [encoding, ...encoding.overflowing].map((part) => ours.decode(part.ids, { skipSpecialTokens: true })),
    ).toEqual(["a b c d e f", "e f g h i j", "i j k l m n", "m n o"]);
  });

  it("leaves texts as they are if nothing is asked for", () => {
    expect(encodeBatch(ours, ["ab", ["a", "b"]])).toEqual([
      { ...ours.encodeDetailed("ab"), overflowing: [] },
      { ...ours.encodeDetailed("a", { pair: "b" }), overflowing: [] },
    ]);
    expect(encodeBatch(ours, [])).toEqual([]);
  });

  it("names what can't be", () => {
    const truncate = (truncation: Truncation): unknown => encodeBatch(ours, ["abcdef"], { truncation });
    expect(() => truncate({ maxLength: 5, stride: 3 })).toThrow(
      "encodeBatch: truncation: expected a stride from 0 and below the 3 ids left for a text, got 3",
    );
    expect(() => truncate({ maxLength: 2 })).toThrow(RangeError);
    const unpadded = loadTokenizer(fileOf({ vocab }));
    expect(() => encodeBatch(unpadded, ["a"], { padding: {} })).toThrow("no padding piece");
  });
});
