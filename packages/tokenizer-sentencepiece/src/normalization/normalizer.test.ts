import { describe, expect, it } from "vitest";
import type { NormalizerSpec } from "../model-file/sentencepiece-model.js";
import { compileCharsmap } from "./charsmap.js";
import { Normalizer, type NormalizerOptions } from "./normalizer.js";

function normalize(text: string, spec: NormalizerSpec = {}, options?: NormalizerOptions): [string, number[]] {
  const bytes = new TextEncoder().encode(text);
  const { bytes: written, length, origins } = new Normalizer(spec, options).normalize(bytes, bytes.length, true);
  const normalized = new TextDecoder().decode(written.subarray(0, length));
  return [normalized, length === 0 ? [] : [...origins.subarray(0, length + 1)]];
}

const only = (text: string, spec?: NormalizerSpec, options?: NormalizerOptions): string =>
  normalize(text, spec, options)[0];

describe("Normalizer", () => {
  it("puts a mark before each word, and one for several spaces", () => {
    expect(only("  Hello   world ")).toBe("▁Hello▁world");
  });

  it("gives nothing for spaces", () => {
    expect([only(""), only("   ")]).toEqual(["", ""]);
  });

  it("knows where in the text each byte comes from", () => {
    // Three bytes for the mark in front, which stands where the text begins.
    expect(normalize(" a  b ")).toEqual(["▁a▁b", [1, 1, 1, 1, 2, 2, 2, 4, 5]]);
  });

  it("lets all bytes of a replacement come from where the replaced text begins", () => {
    const precompiledCharsmap = compileCharsmap([
      ["½", "1/2"],
      ["x", ""],
    ]);
    expect(normalize("a½xb", { precompiledCharsmap, addDummyPrefix: false })).toEqual(["a1/2b", [0, 1, 1, 1, 4, 5]]);
  });

  it("keeps spaces, or leaves out the first mark, if told so", () => {
    expect(only(" a  b ", { removeExtraWhitespaces: false })).toBe("▁▁a▁▁b▁");
    expect(only("a b", { addDummyPrefix: false })).toBe("a▁b");
    expect(only(" a  b", { escapeWhitespaces: false })).toBe(" a b");
  });

  it("puts the mark after a word if told so", () => {
    expect(only(" a  b ", {}, { spaceAtEnd: true })).toBe("a▁b▁");
  });

  it("treats what rules make a space as one", () => {
    const precompiledCharsmap = compileCharsmap([
      ["\n", " "],
      ["_", " x "],
    ]);
    expect(only("\n a\n\nb_ c\n", { precompiledCharsmap })).toBe("▁a▁b▁x▁c");
  });

  it("takes over texts that are to stay as they are, the longest first", () => {
    const precompiledCharsmap = compileCharsmap([
      ["ﬁ", "fi"],
      ["A", "a"],
    ]);
    const options = { verbatim: ["ﬁA", "ﬁAB"] };
    expect(only("ﬁ ﬁA ﬁAB A", { precompiledCharsmap }, options)).toBe("▁fi▁ﬁA▁ﬁAB▁a");
  });

  it("grows with what rules write", () => {
    const precompiledCharsmap = compileCharsmap([["a", "b".repeat(200)]]);
    expect(only("a".repeat(500), { precompiledCharsmap, addDummyPrefix: false })).toBe("b".repeat(100_000));
  });
});
