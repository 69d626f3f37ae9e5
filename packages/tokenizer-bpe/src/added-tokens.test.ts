import { describe, expect, it } from "vitest";
import { AddedTokenFinder } from "./added-tokens.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { ATOMS, hardTexts } from "./testing/hard-texts.js";
import { expectAsNative, fileOfCharacters } from "./testing/hugging-face.js";

const FLAGS = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  lstrip: (bits & 1) > 0,
  rstrip: (bits & 2) > 0,
  single_word: (bits & 4) > 0,
}));

const NORMALIZERS = [
  null,
  { type: "Lowercase" },
  {
    type: "Sequence",
    normalizers: [
      { type: "Prepend", prepend: "▁" },
      { type: "Replace", pattern: { String: " " }, content: "▁" },
    ],
  },
];

describe("added tokens", () => {
  it.each(FLAGS)("with %j are found where Hugging Face finds them", async (flags) => {
    for (const normalizer of NORMALIZERS) {
      for (const normalized of [true, false]) {
        const plain = fileOfCharacters(ATOMS) as { model: { vocab: Record<string, number> } };
        const ids = plain.model.vocab;
        const next = Object.keys(ids).length;
        const contents = ["<s>", "[MASK]", "Hello", "Hellothe", "\n", "s"];
        const added_tokens = contents.map((content, i) => ({
          id: ids[content] ?? next + i,
          content,
          special: i % 2 === 0,
          normalized,
          ...flags,
        }));
        await expectAsNative({ ...plain, normalizer, added_tokens }, hardTexts(60));
      }
    }
  });

  it("get offsets without their spaces where the file trims them", async () => {
    const next = Object.keys((fileOfCharacters(ATOMS) as { model: { vocab: object } }).model.vocab).length;
    for (const prepend_scheme of ["always", "first", "never"]) {
      const added_tokens = [
        { id: next, content: "<s>", single_word: false, lstrip: true, rstrip: true, normalized: false, special: true },
      ];
      const pre_tokenizer = { type: "Metaspace", replacement: "▁", prepend_scheme, split: true };
      const post_processor = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
      await expectAsNative(fileOfCharacters(ATOMS, { added_tokens, pre_tokenizer, post_processor }), hardTexts(100));
    }
  });

  it("keep their pieces in an encoding, whatever spaces they took along", () => {
    const added_tokens = [{ id: 900, content: "<s>", lstrip: true, rstrip: true, special: true }];
    const { pieces, offsets } = loadTokenizer(fileOfCharacters(["ab"], { added_tokens })).encodeDetailed("a <s>  b");
    expect([pieces, offsets]).toEqual([
      ["a", "<s>", "b"],
      [
        [0, 1],
        [1, 7],
        [7, 8],
      ],
    ]);
  });
});

describe("AddedTokenFinder", () => {
  const token = (content: string): ConstructorParameters<typeof AddedTokenFinder>[0][number] => ({
    id: content.length,
    content,
    singleWord: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: false,
  });
  const cut = (contents: readonly string[], text: string): string[] =>
    [...new AddedTokenFinder(contents.map(token), (content) => content).cut(text)].map(
      ({ start, end, id }) => `${id}:${text.slice(start, end)}`,
    );

  it("finds the leftmost, and of those the longest", () => {
    expect(cut(["ab", "abc", "bcd"], "abcd bcd")).toEqual(["3:abc", "-1:d ", "3:bcd"]);
  });

  it("takes signs as they are", () => {
    expect(cut(["[a]", "a.", "(?:"], "[a]ab a.(?:")).toEqual(["3:[a]", "-1:ab ", "2:a.", "3:(?:"]);
  });

  it("looks through a text as quickly for 50,000 tokens as for one", () => {
    const contents = Array.from({ length: 50_000 }, (_, i) => `<token ${i}>`);
    const finder = new AddedTokenFinder(contents.map(token), (content) => content);
    const started = performance.now();
    expect([...finder.cut("a < b <token 7> ".repeat(10_000))]).toHaveLength(20_001);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("takes a long run of spaces along once", () => {
    const finder = new AddedTokenFinder([{ ...token("\n"), rstrip: true }], (content) => content);
    const started = performance.now();
    expect([...finder.cut("\n".repeat(100_000))]).toHaveLength(100_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("finds nothing in nothing, nor where nothing is looked for", () => {
    expect([cut(["a"], ""), cut([], "a")]).toEqual([[], ["-1:a"]]);
  });
});
