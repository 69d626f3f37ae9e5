import { describe, expect, it } from "vitest";
import { BLEU_TOKENIZERS } from "./bleu-tokenizers.js";

describe("13a", () => {
  const tokenize = BLEU_TOKENIZERS["13a"];

  it("divides ASCII punctuation from words, except in numbers", () => {
    expect(tokenize("Hi, (you)! 3.5 or 1,000? U.S. 10-20 pre-war")).toBe(
      "Hi , ( you ) ! 3.5 or 1,000 ? U . S . 10 - 20 pre-war",
    );
  });

  it("divides the full stop after a number at the end", () => {
    expect(tokenize("in 2019.")).toBe("in 2019 .");
  });

  it("reads entities, drops skipped segments and joins hyphenated lines", () => {
    expect(tokenize("&quot;a&amp;b&quot; &lt;<skipped>&gt; co-\nop\nx")).toBe('" a & b " < > coop x');
  });

  it("leaves punctuation beyond ASCII and characters beyond 16 bits alone", () => {
    expect(tokenize("“Ja”–😀.")).toBe("“Ja”–😀 .");
  });
});

describe("intl", () => {
  const tokenize = BLEU_TOKENIZERS.intl;

  it("divides punctuation and symbols of every script", () => {
    expect(tokenize("“Ja”–€6, ¿qué?")).toBe("“ Ja ” – € 6 , ¿ qué ?");
  });

  it("keeps the full stop after a number at the end, as mteval-v14 does", () => {
    expect(tokenize("in 2019.")).toBe("in 2019.");
  });
});

describe("zh", () => {
  it("divides characters one by one, and the rest as 13a", () => {
    expect(BLEU_TOKENIZERS.zh("我有3.5个apple, 好。")).toBe("我 有 3.5 个 apple , 好 。");
    // As in sacrebleu, curly quotes and dashes are among them, and characters beyond 16 bits aren't.
    expect(BLEU_TOKENIZERS.zh("“a”–𠀀𠀁ｂ")).toBe("“ a ” – 𠀀𠀁 ｂ");
  });
});

describe("char", () => {
  it("divides characters and not halves of them", () => {
    expect(BLEU_TOKENIZERS.char("a😀b")).toBe("a 😀 b");
  });
});

describe("none", () => {
  it("leaves the text as it is", () => {
    expect(BLEU_TOKENIZERS.none("a,  b ")).toBe("a,  b ");
  });
});
