import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseModel } from "../model-file/model-file.js";
import { HAS_FIXTURES, readFixture } from "../testing/fixtures.js";
import { atomText } from "../testing/hard-texts.js";
import { compileCharsmap, IDENTITY, parseCharsmap } from "./charsmap.js";
import { normalizationRules } from "./nfkc-rules.js";
import { Normalizer } from "./normalizer.js";

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

const problem = (what: string): Error => new Error(what);

function normalizerOf(charsmap: Uint8Array): (text: string) => string {
  const normalizer = new Normalizer({
    precompiledCharsmap: charsmap,
    addDummyPrefix: false,
    removeExtraWhitespaces: false,
    escapeWhitespaces: false,
  });
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    const normalized = normalizer.normalize(bytes, bytes.length, false);
    return UTF8.decode(normalized.bytes.subarray(0, normalized.length));
  };
}

describe("compileCharsmap", () => {
  it("replaces the longest text that has a rule, and doesn't look at what it wrote", () => {
    const charsmap = compileCharsmap([
      ["a", "b"],
      ["ab", "x"],
      ["b", "a"],
      ["ü", ""],
      ["日本", "Japan"],
    ]);
    expect(normalizerOf(charsmap)("aababü 日本日")).toBe("bxx Japan日");
  });

  it("is nothing for no rules", () => {
    expect(compileCharsmap([])).toEqual(Uint8Array.of());
    expect(parseCharsmap(Uint8Array.of(), problem)).toBe(IDENTITY);
  });
});

describe("normalizationRules", () => {
  it("gives NFKC of each character, and of each that's decomposed", () => {
    const nfkc = normalizerOf(compileCharsmap(normalizationRules("nfkc")));
    const wrong: string[] = [];
    for (let code = 1; code < 0x30000; code++) {
      if (code === 0xd800) code = 0xe000;
      const character = String.fromCodePoint(code);
      const expected = character.normalize("NFKC");
      for (const text of [character, character.normalize("NFD")]) if (nfkc(text) !== expected) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });

  it("folds case one character to one", () => {
    const fold = normalizerOf(compileCharsmap(normalizationRules("nfkc_cf")));
    expect(fold("ẞ İIı ΣΟΣ ſ K Ꭰ ꭰ ﬁ Å A\u030a")).toBe("ß İiı σοσ s k Ꭰ Ꭰ fi å å");
  });

  it("drops control characters and makes spaces of what looks like one in nmt_nfkc", () => {
    const nmt = normalizerOf(compileCharsmap(normalizationRules("nmt_nfkc")));
    expect(nmt("a\u0001b\tc\u200bd\ufeff▁～~\u200de")).toBe("ab c d  ～~\u200de");
    if (!HAS_FIXTURES) return;
    // The file's Unicode is older; the atoms have no character that was assigned since.
    const model = parseModel(readFixture("axlearn_librispeech_unigram_1024.model"));
    const theirs = normalizerOf(model.normalizer.precompiledCharsmap!);
    for (const text of fc.sample(atomText, { numRuns: 3000, seed: 1 })) expect(nmt(text)).toBe(theirs(text));
  });
});

describe("parseCharsmap", () => {
  const units = (...units: number[]): Uint8Array => {
    const file = new Uint8Array(4 + units.length * 4 + 2);
    const view = new DataView(file.buffer);
    view.setUint32(0, units.length * 4, true);
    for (const [i, unit] of units.entries()) view.setUint32(4 + i * 4, unit, true);
    file.set([0x78, 0], file.length - 2); // the only replacement: "x"
    return file;
  };

  it.each([
    [
      "a trie longer than the file",
      Uint8Array.of(200, 0, 0, 0, 1),
      "expected the length of a trie in 5 bytes, got 200",
    ],
    ["a file too short for a length", Uint8Array.of(1), "expected the length of a trie in 1 bytes"],
    ["a unit that leads outside", units(0x7ffffc00), "unit 0 leads to unit 2097151 of 256"],
    [
      "a value after the last replacement",
      units((1 << 10) | 0x100, 0x80000002),
      "unit 0 leads to the replacement at byte 2",
    ],
    ["more than 16 MB", new Uint8Array(2 ** 24 + 4), "expected at most 16777216 bytes, got 16777220"],
    [
      "a replacement of 300 bytes",
      Uint8Array.from([4, 0, 0, 0, 0, 0, 0, 0, ...Array(300).fill(97), 0]),
      "at most 256 bytes",
    ],
  ])("refuses %s", (_, file, message) => {
    expect(() => parseCharsmap(file, problem)).toThrow(message);
  });

  it("comes to an end on rules that go in a circle", () => {
    // The node for "a" is its own child: "a", "aa", "aaa" … are all prefixes, and none has a value.
    const circle = new Array<number>(256).fill(0x80000000);
    circle[0] = 1 << 10;
    circle[1 ^ 97] = 97 | (97 << 10);
    const normalize = normalizerOf(units(...circle));
    expect(normalize("a".repeat(100_000))).toBe("a".repeat(100_000));
  });
});
