import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMatches } from "../pattern.js";
import { compileRegex } from "../regex.js";
import { ATOMS, hardText, hardTexts, realTexts } from "../testing/hard-texts.js";
import { expectAsNative, fileOfCharacters } from "../testing/hugging-face.js";
import { GPT2_PATTERN, GPT4_PATTERN, METASPACE_PATTERN, MULTILINGUAL_PATTERN, scannerFor } from "./word-patterns.js";

const QWEN2_PATTERN = GPT4_PATTERN.replace("{1,3}", "");

describe.each([
  ["gpt2", GPT2_PATTERN],
  ["gpt4", GPT4_PATTERN],
  ["qwen2", QWEN2_PATTERN],
  ["multilingual", MULTILINGUAL_PATTERN],
  ["metaspace", METASPACE_PATTERN],
])("the scanner for %s", (name, pattern) => {
  const scan = (text: string): string[] => {
    const bounds: number[] = [];
    for (let at = 0; at < text.length; ) at = scannerFor(pattern)!(text, at, text.length, bounds);
    return Array.from({ length: bounds.length / 2 }, (_, i) => text.slice(bounds[2 * i], bounds[2 * i + 1]));
  };
  const regex = compileRegex(pattern, "");
  const match = (text: string): string[] => text.match(regex) ?? [];

  it("finds what the regular expression finds", () => {
    const marks = fc.array(fc.constantFrom("a", "中", "1", " ", "\n", "'", "!", "\u0301", "▁", "😀"), {
      maxLength: 80,
    });
    const text = fc.oneof(
      hardText,
      marks.map((list) => list.join("")),
    );
    fc.assert(
      fc.property(text, (each) => {
        expect(scan(each)).toEqual(match(each));
      }),
      { numRuns: 1000 },
    );
    for (const each of realTexts(20_000)) expect(scan(each)).toEqual(match(each));
  });

  it("leaves nothing out", () => {
    fc.assert(
      fc.property(hardText, (text) => {
        expect(scan(text).join("")).toBe(text);
      }),
    );
  });

  it(`agrees with Hugging Face's engine (${name})`, async () => {
    const pre_tokenizer = { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
    await expectAsNative(fileOfCharacters(ATOMS, { pre_tokenizer }), hardTexts(300));
  });
});

describe("the patterns", () => {
  const words = (pattern: string, text: string): string[] => {
    const spans: number[] = [];
    findMatches(compileRegex(pattern, ""))(text, 0, text.length, spans);
    return Array.from({ length: spans.length / 2 }, (_, i) => text.slice(spans[2 * i], spans[2 * i + 1]));
  };

  it("cut as their models do", () => {
    expect(words(GPT2_PATTERN, "We've 12345 apples!!  \nOK")).toEqual([
      "We",
      "'ve",
      " 12345",
      " apples",
      "!!",
      "  ",
      "\n",
      "OK",
    ]);
    expect(words(GPT4_PATTERN, "We'VE 12345 apples!!  \nOK")).toEqual([
      "We",
      "'VE",
      " ",
      "123",
      "45",
      " apples",
      "!!",
      "  \n",
      "OK",
    ]);
  });

  it("keep words of scripts without spaces short, and marks at their letters", () => {
    expect(words(MULTILINGUAL_PATTERN, `${"回".repeat(40)} हिन्दी 12345`)).toEqual([
      "回".repeat(32),
      "回".repeat(8),
      " हिन्दी",
      " 123",
      "45",
    ]);
    expect(words(METASPACE_PATTERN, "▁第一回，灵根育孕源流出カタ1234")).toEqual([
      "▁第一回",
      "，",
      "灵根育孕源流出",
      "カタ",
      "123",
      "4",
    ]);
  });
});
