import { describe, expect, it } from "vitest";
import { compileRegex } from "./regex.js";
import { ATOMS, hardTexts } from "./testing/hard-texts.js";
import { expectAsNative, fileOfCharacters } from "./testing/hugging-face.js";

const LETTERS = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+";

describe("compileRegex", () => {
  it.each([
    "\\w+",
    "\\W+",
    "\\d+",
    "\\s+",
    "\\S+",
    "\\b",
    ".",
    "^.",
    "a$",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    "(?i)q|x-y",
    "((?i)q|s)|z",
    "\\p{Han}+",
    "\\p{Hiragana}|\\p{Katakana}",
    "[\\p{L}&&[^\\p{Han}]]+",
    "[^\\p{L}&&[^\\s]]+",
    "[^(\\s|[.,!?…。，、।۔،])]+",
    "\\p{N}{1,3}",
    "\\p{^L}+",
    "\\P{L}+",
    "[^\\P{L}a-z]+",
    "[\\r\\n]+|[^\\r\\n]",
    "\\x41|\\u00e9|\\x{1F600}",
    "(?<=a)b|(?<!e)l",
    "[a\\-z]",
    "[a-]",
    "[*+?]+?a|[(?:{1,2}.^$|]",
    "\\p{Alpha}+",
    "\\p{Lu}\\p{Ll}*",
    "\\p{Cyrillic}|\\p{Arabic}+",
    "\\p{So}+|\\p{Sc}",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "[一-龥\u3040-ゟ゠-ヿ]+",
    `[^\\r\\n\\p{L}\\p{N}]?${LETTERS}(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  ])("%s matches as in Hugging Face's engine", async (pattern) => {
    const pre_tokenizer = { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
    await expectAsNative(fileOfCharacters(ATOMS, { pre_tokenizer }), hardTexts(100));
  });

  it.each([
    ["(a+)+$", '"+" could take exponential time'],
    ["(a|a)*b", '"*" could take exponential time'],
    ["(?:a|aa)+", "exponential"],
    ["(a?){50}b", "exponential"],
    ["((a*))*", "exponential"],
    ["(?:(?:ab)+c)*", "exponential"],
    [".*.*.*.*x", "more than 2 long repetitions in one alternative"],
    [".*.*.*x", "more than 2 long repetitions"],
    ["(.*)(.*(.*.*))x", "more than 2 long repetitions"],
    ["a{0,99}a{0,99}a{0,99}a{0,99}b", "more than 2 long repetitions"],
    ["a{9999}", "{ isn't supported"],
    ["(".repeat(40), "( isn't supported"],
    ["[".repeat(40), "[ isn't supported"],
    ["a".repeat(5000), "more than 4096 characters"],
    ["(a", "Unterminated group"],
    ["a)", "Unmatched"],
    ["[a", ""],
    ["+a", "Nothing to repeat"],
    ["a\\", ""],
    ["(a)\\1", "\\1 isn't supported"],
    ["\\p{Nonsense}", "\\p{Nonsense} isn't supported"],
    ["[]a]", "[] isn't supported"],
    ["[[:alpha:]]", "[: isn't supported"],
    ["a++", "+ isn't supported"],
    ["(?>a)", ""],
    ["(?i:é)", "é where case is ignored isn't supported"],
    ["(?i:[a-f])", "a range where case is ignored isn't supported"],
    ["\\x{110000}", ""],
  ])("refuses %s quickly, and says where and why", (pattern, reason) => {
    const started = performance.now();
    expect(() => compileRegex(pattern, "pre_tokenizer.pattern.Regex")).toThrow(
      expect.objectContaining({
        name: "TokenizerJsonError",
        path: "pre_tokenizer.pattern.Regex",
        message: expect.stringContaining(reason),
      }),
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("names the place", () => {
    expect(() => compileRegex("ab(a+)+", "x")).toThrow(
      'tokenizer.json: x: at character 6 of the regular expression: "+" could take exponential time',
    );
  });
});
