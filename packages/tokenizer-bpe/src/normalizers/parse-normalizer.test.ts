import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignText } from "../aligned-text.js";
import { ATOMS, hardText, hardTexts } from "../testing/hard-texts.js";
import { expectAsNative, fileOfCharacters } from "../testing/hugging-face.js";
import { parseNormalizer } from "./parse-normalizer.js";

const normalize = (json: object | null, text: string): string => parseNormalizer(json)({ text, offset: 0 }).text;

describe("parseNormalizer", () => {
  it("changes nothing for null", () => {
    expect(normalize(null, " Ａé ")).toBe(" Ａé ");
  });

  it.each([
    [{ type: "NFC" }, "e\u0301", "é"],
    [{ type: "NFD" }, "é", "e\u0301"],
    [{ type: "NFKC" }, "ﬁｶﾞ①", "fiガ1"],
    [{ type: "NFKD" }, "ﬁé", "fie\u0301"],
    [{ type: "Lowercase" }, "ÀÇΣ İ", "àçσ i\u0307"],
    [{ type: "StripAccents" }, "e\u0301a\u0323\u0302", "ea"],
    [{ type: "Strip", strip_left: true, strip_right: false }, "\u0085 a ", "a "],
    [{ type: "Strip" }, "\u3000a ", "a"],
    [{ type: "Prepend", prepend: "▁" }, "a", "▁a"],
    [{ type: "Prepend", prepend: "▁" }, "", ""],
    [{ type: "Replace", pattern: { String: "a" }, content: "$&" }, "aba", "$&b$&"],
    [{ type: "Replace", pattern: { Regex: "\\s+" }, content: " " }, "a \n b", "a b"],
    [
      {
        type: "Sequence",
        normalizers: [{ type: "NFD" }, { type: "Sequence", normalizers: [{ type: "StripAccents" }] }],
      },
      "é",
      "e",
    ],
  ])("%j: %j → %j", (json, text, expected) => {
    expect(normalize(json, text)).toBe(expected);
  });

  it("normalizes a hundred thousand marks on one letter in no time, a thousand at a time, offsets or not", () => {
    const text = `e${"\u0301\u0323\u0302".repeat(33_333)} é`;
    const started = performance.now();
    const aligned = parseNormalizer({ type: "NFC" })(alignText(text, 0));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(aligned.text).toBe(normalize({ type: "NFC" }, text));
    expect(aligned.text[0]).toBe("ẹ");
    expect(aligned.text.endsWith(" é")).toBe(true);
  });

  it.each(["NFC", "NFD", "NFKC", "NFKD"])("%s agrees with the language's, offsets or not", (type) => {
    fc.assert(
      fc.property(hardText, (text) => {
        const aligned = parseNormalizer({ type })(alignText(text, 0));
        expect(aligned.text).toBe(text.normalize(type));
        expect(aligned.origins).toHaveLength(aligned.text.length);
      }),
    );
  });

  it.each([
    { type: "NFC" },
    { type: "NFD" },
    { type: "NFKC" },
    { type: "NFKD" },
    { type: "Lowercase" },
    { type: "StripAccents" },
    { type: "Strip", strip_left: true, strip_right: true },
    { type: "Strip", strip_left: false, strip_right: true },
    { type: "Prepend", prepend: "▁a" },
    { type: "Replace", pattern: { String: " " }, content: "▁" },
    { type: "Replace", pattern: { String: "He" }, content: "xyz" },
    { type: "Replace", pattern: { Regex: "\\s+" }, content: "ab" },
    { type: "Replace", pattern: { Regex: "[aeé]" }, content: "" },
    {
      type: "Sequence",
      normalizers: [
        { type: "NFKD" },
        { type: "Lowercase" },
        { type: "StripAccents" },
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
  ])("%j gives the ids and offsets of Hugging Face's", async (normalizer) => {
    await expectAsNative(fileOfCharacters(ATOMS, { normalizer }), hardTexts(150));
  });

  it("names what it doesn't know", () => {
    expect(() => parseNormalizer({ type: "BertNormalizer" })).toThrow('normalizer.type: unknown type "BertNormalizer"');
    expect(() => parseNormalizer({ type: "Precompiled" })).toThrow("use @t5ts/tokenizer-sentencepiece");
    expect(() => parseNormalizer({ type: "Replace", pattern: "a", content: "b" })).toThrow(
      "normalizer.pattern: expected an object",
    );
    expect(() => parseNormalizer({ type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Prepend" }] })).toThrow(
      "normalizer.normalizers[1].prepend: expected a string, got undefined",
    );
  });
});
