import { describe, expect, it } from "vitest";
import { cutToWidth, padToWidth, textWidth, wrapToWidth } from "./text-width.js";

describe("textWidth", () => {
  it("counts columns: two for wide characters, none for colours and combining marks", () => {
    expect(textWidth("loss 2.31")).toBe(9);
    expect(textWidth("你好，世界")).toBe(10);
    expect(textWidth("▁naïve")).toBe(6);
    expect(textWidth("nai\u0308ve")).toBe(5);
    expect(textWidth("\u001b[32mgreen\u001b[39m")).toBe(5);
    expect(textWidth("━━▁▂▃…–")).toBe(7);
    expect(textWidth("한국어 カナ 😀")).toBe(14);
  });
});

describe("cutToWidth", () => {
  it("leaves what fits, and cuts the rest to the width with a mark", () => {
    expect(cutToWidth("abc", 3)).toBe("abc");
    expect(cutToWidth("abcd", 3)).toBe("ab…");
    expect(cutToWidth("你好世界", 6)).toBe("你好…");
    expect(cutToWidth("你好世界", 5)).toBe("你好…");
    expect(textWidth(cutToWidth("a你好世界", 5))).toBeLessThanOrEqual(5);
  });
});

describe("padToWidth", () => {
  it("fills either side", () => {
    expect(padToWidth("你", 4)).toBe("你  ");
    expect(padToWidth("7", 3, "left")).toBe("  7");
    expect(padToWidth("long", 2)).toBe("long");
  });
});

describe("wrapToWidth", () => {
  it("breaks at spaces, and gives a word that is too long a line for itself", () => {
    expect(wrapToWidth("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapToWidth("a mountainous word", 5)).toEqual(["a", "mountainous", "word"]);
    expect(wrapToWidth("", 5)).toEqual([""]);
  });
});
