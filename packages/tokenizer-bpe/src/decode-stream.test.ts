import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FALLBACK_PIECES } from "./bpe-model.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { hardText } from "./testing/hard-texts.js";
import { fileOf } from "./testing/hugging-face.js";
import { byteAlphabet } from "./training-corpus.js";

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

const bytes = loadTokenizer(
  fileOf(
    { vocab: Object.fromEntries(["<unk>", ...byteAlphabet()].map((piece, id) => [piece, id])) },
    { pre_tokenizer: BYTE_LEVEL, decoder: BYTE_LEVEL },
  ),
);

const fallback = loadTokenizer(
  fileOf(
    {
      vocab: Object.fromEntries(["<unk>", "▁", "a", "b", ...FALLBACK_PIECES].map((piece, id) => [piece, id])),
      byte_fallback: true,
    },
    {
      normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
      decoder: {
        type: "Sequence",
        decoders: [
          { type: "Replace", pattern: { String: "▁" }, content: " " },
          { type: "ByteFallback" },
          { type: "Fuse" },
        ],
      },
    },
  ),
);

describe.each([
  ["byte-level pieces", bytes],
  ["byte fallback", fallback],
])("a decode stream of %s", (_name, tokenizer) => {
  it("gives the text that was encoded, and no part of a character at any time", () => {
    fc.assert(
      fc.property(hardText, (hard) => {
        const text = hard.replaceAll("▁", ""); // which is a space to one of them
        const stream = tokenizer.decodeStream();
        let written = "";
        for (const id of tokenizer.encode(text)) {
          written += stream.push(id);
          expect(text.startsWith(written)).toBe(true);
          expect(/[\ud800-\udbff]$/.test(written)).toBe(false);
        }
        expect(written + stream.end()).toBe(text);
      }),
    );
  });

  it("ends an unfinished character with U+FFFD", () => {
    const stream = tokenizer.decodeStream();
    const ids = tokenizer.encode("a中").slice(0, -1);
    expect(ids.map((id) => stream.push(id))).toEqual(["a", "", ""]);
    expect(stream.end()).toMatch(/^\ufffd+$/);
  });
});

describe("a decode stream", () => {
  it("leaves out special tokens if told to, and ids that aren't there", () => {
    const added = {
      id: 300,
      content: "<s>",
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    };
    const tokenizer = loadTokenizer(
      fileOf({ vocab: { "<unk>": 0, a: 1, b: 2 } }, { added_tokens: [added], decoder: { type: "Fuse" } }),
    );
    const write = (skipSpecialTokens: boolean): string => {
      const stream = tokenizer.decodeStream({ skipSpecialTokens });
      return [1, 300, 2, 9999, 1].map((id) => stream.push(id)).join("") + stream.end();
    };
    expect([write(true), write(false)]).toEqual(["aba", "a<s>ba"]);
  });
});
