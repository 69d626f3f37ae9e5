import { describe, expect, it } from "vitest";
import { splitWords, trimSpace, trimSpaceEnd, wholeWords } from "./words.js";

describe("splitWords", () => {
  it("splits where Python does: at a no-break space, a next line and the separators below the space", () => {
    expect(splitWords(" a\u00a0b\u0085c\x1cd\x1fe\u3000\n")).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("keeps a byte order mark and a zero-width space, which aren't white space there", () => {
    expect(splitWords("\ufeffa b\u200bc")).toEqual(["\ufeffa", "b\u200bc"]);
  });

  it("gives no words for an empty text", () => {
    expect([splitWords(""), splitWords(" \n ")]).toEqual([[], []]);
  });
});

describe("trimSpace", () => {
  it("trims both ends, trimSpaceEnd the end", () => {
    expect([trimSpace("\x1c a b \n"), trimSpaceEnd(" a b\u0085\n")]).toEqual(["a b", " a b"]);
  });

  it("leaves long white space inside a text alone, quickly", () => {
    const text = `a${" ".repeat(100_000)}b`;
    expect(trimSpace(text)).toBe(text);
  });
});

describe("wholeWords", () => {
  it("matches words and not parts of words, also beside letters beyond ASCII, digits and underscores", () => {
    const articles = wholeWords(["a", "an"]);
    expect("a an ana aé éa a1 _a a.an".replace(articles, "-")).toBe("- - ana aé éa a1 _a -.-");
  });
});
