import { describe, expect, it } from "vitest";
import { alignText, originEnd, originStart, prependText, sliceText, TextRewriter } from "./aligned-text.js";

const origins = (text: ReturnType<typeof alignText>): [string, number, number][] =>
  [...text.text].map((unit, index) => [unit, originStart(text, index), originEnd(text, index)]);

describe("alignText", () => {
  it("aligns a text with itself, both halves of a pair with the whole", () => {
    const text = alignText("a😀b", 5);
    expect([...(text.starts ?? [])]).toEqual([5, 6, 6, 8]);
    expect([...(text.ends ?? [])]).toEqual([6, 8, 8, 9]);
  });
});

describe("sliceText", () => {
  it("keeps what the units stand for", () => {
    expect(origins(sliceText(alignText("abcd", 10), 1, 3))).toEqual([
      ["b", 11, 12],
      ["c", 12, 13],
    ]);
    const plain = sliceText({ text: "abcd", offset: 10 }, 1, 3);
    expect([plain, originStart(plain, 1), originEnd(plain, 1)]).toEqual([{ text: "bc", offset: 11 }, 12, 13]);
  });
});

describe("TextRewriter", () => {
  it("takes over, leaves out and puts in, and knows what each unit stands for", () => {
    const rewriter = new TextRewriter(alignText("abcd", 0));
    rewriter.keep(0, 1);
    rewriter.put("XY", 2);
    rewriter.keep(3, 4);
    expect(origins(rewriter.finish())).toEqual([
      ["a", 0, 1],
      ["X", 2, 3],
      ["Y", 2, 3],
      ["d", 3, 4],
    ]);
  });

  it("makes only the text where nothing was asked about the origin", () => {
    const rewriter = new TextRewriter({ text: "abcd", offset: 7 });
    rewriter.put("X", 0);
    rewriter.keep(2, 4);
    expect(rewriter.finish()).toEqual({ text: "Xcd", offset: 7 });
  });
});

describe("prependText", () => {
  it("lets what is put in front stand for the first character", () => {
    expect(origins(prependText("▁", alignText("ab", 0)))).toEqual([
      ["▁", 0, 1],
      ["a", 0, 1],
      ["b", 1, 2],
    ]);
  });
});
