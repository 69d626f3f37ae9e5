import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Tokenizer } from "tokenizers";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "./load-tokenizer.js";
import { hardTexts, realTexts } from "./testing/hard-texts.js";
import { fileOf } from "./testing/hugging-face.js";

const require = createRequire(import.meta.url);
const readFile = (name: string): string =>
  readFileSync(require.resolve(`@lenml/tokenizer-${name}/models/tokenizer.json`), "utf8");

describe.each([
  ["llama2", { pad: -1, end: 2, unknown: 0, start: 1, mask: -1, sentinels: [] }],
  ["llama3", { pad: -1, end: 128001, unknown: -1, start: 128000, mask: -1, sentinels: [] }],
  ["gemma3", { pad: 0, end: 1, unknown: 3, start: 2, mask: -1, sentinels: [] }],
  ["qwen3", { pad: 151643, end: 151645, unknown: -1, start: -1, mask: -1, sentinels: [] }],
])("the vocabulary of %s", (name, special) => {
  const file = readFile(name);
  const ours = loadTokenizer(JSON.parse(file));

  it("gives the ids, offsets, words and texts that Hugging Face gives", async () => {
    const native = Tokenizer.fromString(file);
    for (const text of [
      ...hardTexts(300),
      ...realTexts(8_000),
      "<s>[INST] Hi<|im_end|> </s>",
      "a".repeat(3000),
      " ".repeat(300),
    ]) {
      const { ids, offsets, wordIds } = ours.encodeDetailed(text, { offsets: "code-points" });
      const theirs = await native.encode(text);
      expect({ text, ids, offsets, wordIds }).toEqual({
        text,
        ids: theirs.getIds(),
        offsets: theirs.getOffsets(),
        wordIds: theirs.getWordIds().map((id) => id ?? null),
      });
      expect(ours.encode(text)).toEqual(ids);
      expect(ours.decode(ids)).toBe(await native.decode(ids, false));
      expect(ours.decode(ids, { skipSpecialTokens: true })).toBe(await native.decode(ids, true));
    }
  });

  it("knows the tokens with a meaning", () => {
    expect(ours.special).toEqual(special);
  });

  it("streams what it decodes", () => {
    for (const text of realTexts(2000)) {
      const ids = ours.encode(text);
      const stream = ours.decodeStream();
      expect(ids.map((id) => stream.push(id)).join("") + stream.end()).toBe(ours.decode(ids));
    }
  });
});

describe("loadTokenizer", () => {
  const added = (id: number, content: string): object => ({ id, content, special: true });
  const file = fileOf(
    { vocab: { "<unk>": 0, "</s>": 1, a: 2 } },
    { added_tokens: [added(5, "<extra_id_0>"), added(4, "<extra_id_1>"), added(6, "STOP")] },
  );

  it("takes the tokens named, and otherwise only those marked as added for the usual ones", () => {
    expect(loadTokenizer(file).special).toEqual({
      pad: -1,
      end: -1,
      unknown: 0,
      start: -1,
      mask: -1,
      sentinels: [5, 4],
    });
    expect(loadTokenizer(file, { end: "STOP", pad: "a" }).special).toMatchObject({ end: 6, pad: 2 });
    expect(() => loadTokenizer(file, { mask: "<mask>" })).toThrow(
      'loadTokenizer: names.mask: expected a piece of the vocabulary, got "<mask>"',
    );
  });

  it("says which ids and pieces belong together", () => {
    const tokenizer = loadTokenizer(file);
    expect([
      tokenizer.vocabSize,
      tokenizer.idOf("STOP"),
      tokenizer.idOf("b"),
      tokenizer.pieceOf(2),
      tokenizer.pieceOf(3),
    ]).toEqual([7, 6, undefined, "a", undefined]);
  });

  it("decodes nothing for ids that aren't there", () => {
    expect(loadTokenizer(file).decode([2, 3, 99, -1, 2])).toBe("a a");
  });
});
