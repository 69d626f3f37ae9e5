import { describe, expect, it } from "vitest";
import { GPT2_PATTERN, GPT4_PATTERN } from "./pre-tokenizers/word-patterns.js";
import { compileRegex } from "./regex.js";
import { ATOMS, hardTexts } from "./testing/hard-texts.js";
import { expectAsNative, fileOfCharacters } from "./testing/hugging-face.js";

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
const UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
const SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** As published with the encoding, in one line. */
const O200K =
  `${BEFORE}${UPPER}*${LOWER}+${CONTRACTIONS}|${BEFORE}${UPPER}+${LOWER}*${CONTRACTIONS}|\\p{N}{1,3}` +
  `| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${SPACES}`;

/** The last of the three that its file has. */
const DEEPSEEK =
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+" +
  `| ?[\\p{P}\\p{S}]+[\\r\\n]*|${SPACES}`;

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
    [".*.*x", "what follows two repetitions could take cubic time"],
    ["a*a*b", "cubic"],
    ["x|a*a*b|y", "cubic"],
    ["a+a*b{2}", "cubic"],
    ["a*a*(b|c)", "cubic"],
    ["a*(a*b)", "cubic"],
    ["(a*(?:a*))b", "cubic"],
    ["(a*|b)(c|a*)d", "cubic"],
    ["(a*a*b)?", "cubic"],
    ["a*a*$", "cubic"],
    ["a*a*\\b", "cubic"],
    ["a*a*(?=b)", "cubic"],
    ["a*a*(?!b?)", "cubic"],
    ["a*a*(?<!b)", "cubic"],
    ["a{0,99}a{2,}b", "cubic"],
    ["a{0,4}a{0,4}b", "cubic"],
    ["a*a*a+", "cubic"],
    [`${"a?".repeat(30)}b`, "cubic"],
    [`${"(a|a)".repeat(30)}b`, "cubic"],
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

  it.each([
    ["GPT-2's", GPT2_PATTERN],
    ["GPT-4's", GPT4_PATTERN],
    ["o200k's", O200K],
    ["DeepSeek V3's", DEEPSEEK],
    ["digits in threes from the right", "\\d{1,3}(?=(?:\\d{3})*\\b)"],
    ["two long repetitions at the end", "a*a*"],
    ["three of them", "a*a*a*"],
    ["what is optional after them", "a*a*b?(?:c|d)?(?:ef){0,2}"],
    ["a group that is never missing", "a*a*(?:b*|c?)"],
  ])("accepts %s, and takes no time with the square of a text of letters", (_, pattern) => {
    const started = performance.now();
    const regex = compileRegex(pattern, "x");
    const found = [...`${"a".repeat(2000)} ${"A".repeat(2000)}`.matchAll(regex)];
    expect(found.length).toBeLessThan(5000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("names the place", () => {
    expect(() => compileRegex("ab(a+)+", "x")).toThrow(
      'tokenizer.json: x: at character 6 of the regular expression: "+" could take exponential time',
    );
  });
});
