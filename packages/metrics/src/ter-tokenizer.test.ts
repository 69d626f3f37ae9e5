import { describe, expect, it } from "vitest";
import { terTokenize } from "./ter-tokenizer.js";

describe("terTokenize", () => {
  it("lowers and divides at white space", () => {
    expect(terTokenize("The cat's  mat, 3.5")).toEqual(["the", "cat's", "mat,", "3.5"]);
    expect(terTokenize("The", { caseSensitive: true })).toEqual(["The"]);
  });

  it("divides punctuation and possessives if normalized", () => {
    expect(terTokenize("The cat's mat, &quot;3.5&quot; 10-20", { normalized: true })).toEqual(
      'the cat \'s mat , " 3.5 " 10 - 20'.split(" "),
    );
  });

  it("joins lines broken before a hyphen if normalized", () => {
    expect(terTokenize("co\n-op\nx", { normalized: true })).toEqual(["coop", "x"]);
  });

  it("deletes punctuation if asked to", () => {
    expect(terTokenize('a, "b" (c). d-e', { removePunctuation: true })).toEqual(["a", "b", "c", "d-e"]);
  });

  it("divides ideographs, and knows their punctuation, if asked to", () => {
    expect(terTokenize("漢字。", { normalized: true })).toEqual(["漢字。"]);
    expect(terTokenize("漢字。", { normalized: true, asian: true })).toEqual(["漢", "字", "。"]);
    expect(terTokenize("漢字。", { removePunctuation: true, asian: true })).toEqual(["漢字"]);
  });
});
