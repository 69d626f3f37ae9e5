import { describe, expect, it } from "vitest";
import {
  type AlignedText,
  alignText,
  joinTexts,
  originOf,
  prependText,
  sliceText,
  TextRewriter,
} from "./aligned-text.js";

const origins = (text: AlignedText): [string, number][] =>
  [...text.text].map((unit, index) => [unit, originOf(text, index)]);

describe("alignText", () => {
  it("aligns a text with itself, both halves of a pair with its beginning", () => {
    expect([...alignText("a😀😀b", 5).origins!]).toEqual([5, 6, 6, 8, 8, 10]);
  });
});

describe("sliceText", () => {
  it("keeps what the units stand for", () => {
    expect(origins(sliceText(alignText("abcd", 10), 1, 3))).toEqual([
      ["b", 11],
      ["c", 12],
    ]);
    expect(origins(sliceText({ text: "abcd", offset: 10 }, 1, 3))).toEqual([
      ["b", 11],
      ["c", 12],
    ]);
  });
});

describe("joinTexts", () => {
  it("keeps what the units stand for", () => {
    const text = alignText("abcd", 10);
    expect(origins(joinTexts([sliceText(text, 0, 1), sliceText(text, 2, 4)]))).toEqual([
      ["a", 10],
      ["c", 12],
      ["d", 13],
    ]);
  });
});

describe("TextRewriter", () => {
  it("takes over, leaves out and puts in, and knows what each unit stands for", () => {
    const rewriter = new TextRewriter(alignText("abcd", 0));
    rewriter.keep(0, 1);
    rewriter.put("XY", 2);
    rewriter.keep(3, 4);
    expect(origins(rewriter.finish())).toEqual([
      ["a", 0],
      ["X", 2],
      ["Y", 2],
      ["d", 3],
    ]);
  });

  it("makes only the text where nothing was asked about the original", () => {
    const rewriter = new TextRewriter({ text: "abcd", offset: 7 });
    rewriter.put("X", 0);
    rewriter.keep(2, 4);
    expect(rewriter.finish()).toEqual({ text: "Xcd", offset: 7 });
  });
});

describe("prependText", () => {
  it("lets what is put in front stand for the first character", () => {
    expect(origins(prependText("▁", alignText("ab", 0)))).toEqual([
      ["▁", 0],
      ["a", 0],
      ["b", 1],
    ]);
  });
});
