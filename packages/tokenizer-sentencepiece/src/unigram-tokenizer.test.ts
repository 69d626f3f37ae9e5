import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TokenizerJsonError } from "@t5ts/tokenizer-bpe";
import fc from "fast-check";
import {
  metaspaceDecoder,
  metaspacePreTokenizer,
  Tokenizer as NativeTokenizer,
  Unigram as NativeUnigram,
  nfkcNormalizer,
} from "tokenizers";
import { beforeAll, describe, expect, it } from "vitest";
import { loadUnigram } from "./load-unigram.js";
import type { SentencePieceModel } from "./model-file/sentencepiece-model.js";
import { compileCharsmap } from "./normalization/charsmap.js";
import { normalizationRules } from "./normalization/nfkc-rules.js";
import { loadT5Tokenizer } from "./t5/load-t5.js";
import { HAS_FIXTURES, readData, readFixture, realLines } from "./testing/fixtures.js";
import { atomText, hardTexts } from "./testing/hard-texts.js";
import { BYTES, smallModel } from "./testing/small-model.js";
import { trainUnigram } from "./training/train-unigram.js";
import type { UnigramJson } from "./unigram-json.js";

const SCORES = {
  "▁": -3,
  "▁the": -4,
  the: -5,
  "▁a": -4,
  a: -5,
  b: -6,
  ing: -6,
  fi: -7,
  f: -8,
  i: -7,
  "1": -6,
  "⁄": -7,
  "2": -7,
  日: -8,
  本: -9,
  ".": -6,
  "<": -9,
  e: -7,
  é: -8,
};

let model: SentencePieceModel;
beforeAll(() => {
  const precompiledCharsmap = compileCharsmap(normalizationRules("nmt_nfkc"));
  model = { ...smallModel(SCORES), normalizer: { precompiledCharsmap } };
});

/** The tokenizer.json that our T5 dialects make, and what is like it. */
const FILES: [string, () => UnigramJson][] = [
  ["hf-fast", () => fileOf(model, "hf-fast")],
  ["hf", () => fileOf(model, "hf")],
  [
    "byte fallback",
    () => fileOf({ ...model, ...smallModel(SCORES, { byte: BYTES }), normalizer: model.normalizer }, "hf"),
  ],
  [
    "no mark in front",
    () => ({
      ...fileOf(model, "hf"),
      pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "never", split: true },
    }),
  ],
  ["no normalizer", () => ({ ...fileOf(model, "hf-fast"), normalizer: null })],
  [
    "an added token that's normalized",
    () => {
      const file = fileOf(model, "hf");
      const added = {
        id: file.model.vocab.length + 9,
        content: "ﬁ①",
        single_word: false,
        lstrip: true,
        rstrip: false,
        normalized: true,
        special: false,
      };
      return { ...file, added_tokens: [...file.added_tokens, added] };
    },
  ],
];

function fileOf(model: SentencePieceModel, dialect: "hf" | "hf-fast"): UnigramJson {
  return loadT5Tokenizer(model, { dialect, extraIds: 3 }).toJSON() as UnigramJson;
}

/** Sequences in sequences. */
function nested(depth: number): object {
  let json: object = { type: "NFC" };
  for (let i = 0; i < depth; i++) json = { type: "Sequence", normalizers: [json] };
  return json;
}

async function expectAsNative(file: object, texts: readonly string[], compareOffsets: boolean): Promise<void> {
  const ours = loadUnigram(file);
  const native = NativeTokenizer.fromString(JSON.stringify(file));
  for (const text of texts) {
    const theirs = await native.encode(text);
    const { ids, pieces, wordIds, offsets, specialTokensMask } = ours.encodeDetailed(text, { offsets: "code-points" });
    const expected = {
      ids: theirs.getIds(),
      pieces: theirs.getTokens(),
      wordIds: theirs.getWordIds().map((word) => word ?? null),
      specialTokensMask: theirs.getSpecialTokensMask(),
    };
    expect({ text, ids, pieces, wordIds, specialTokensMask }).toEqual({ text, ...expected });
    if (compareOffsets) expect({ text, offsets }).toEqual({ text, offsets: theirs.getOffsets() });
    expect(ours.encode(text)).toEqual(ids);
    expect(ours.decode(ids)).toBe(await native.decode(ids, false));
    expect(ours.decode(ids, { skipSpecialTokens: true })).toBe(await native.decode(ids, true));
  }
}

describe("UnigramTokenizer", () => {
  it.each(FILES)("does what Hugging Face's library does: %s", async (_, file) => {
    // Without the text that the rules drop: behind what a character became, it moves offsets there.
    const texts = fc.sample(atomText, { numRuns: 500, seed: 2 });
    await expectAsNative(
      file(),
      texts.map((text) => text.replaceAll("\u0001", "")),
      true,
    );
    await expectAsNative(file(), [...hardTexts(300), ...realLines(50)], false);
  });

  it("reads digits as Hugging Face's library does, which decides between ways that are equally good", async () => {
    // Scores of T5's vocabulary. "▁--" + "-" + "-" … + "---" are the same in any order.
    const scores = {
      "▁": -2.0122928619384766,
      "-": -5.129043102264404,
      "▁--": -9.931743621826172,
      "---": -12.130167007446289,
    };
    const file = { ...fileOf(smallModel(scores), "hf-fast"), normalizer: null };
    const runs = Array.from({ length: 150 }, (_, i) => "-".repeat(i + 1));
    const lines = ["Alice -------- and then ------------- the end", ...runs];
    await expectAsNative(file, lines, true);
    const small = {
      ...file,
      model: { ...file.model, vocab: file.model.vocab.map(([piece, score]) => [piece, score * 1e-7]) },
    };
    await expectAsNative(small, lines, true);
  });

  it.skipIf(!HAS_FIXTURES)("does what Hugging Face's library does with T5's tokenizer.json", async () => {
    const file = JSON.parse(new TextDecoder().decode(readFixture("t5_small_tokenizer.json")));
    await expectAsNative(file, realLines(200), true);
    await expectAsNative(file, hardTexts(300), false);
  });

  it("does what Hugging Face's library does with a vocabulary that was trained here", async () => {
    const text = readData("gutenberg-en/grimms-fairy-tales.txt.gz").slice(0, 60_000);
    const trained = await trainUnigram([text], { vocabSize: 700, normalizer: model.normalizer });
    await expectAsNative(fileOf(trained, "hf-fast"), realLines(150), true);
    await expectAsNative(fileOf(trained, "hf"), hardTexts(150, 5), false);
  });

  it("reads a file that Hugging Face's library wrote, and writes the same", async () => {
    const pieces: [string, number][] = Object.entries(SCORES);
    const native = new NativeTokenizer(
      NativeUnigram.init([["<unk>", 0], ...pieces], { unkId: 0, byteFallback: false }),
    );
    native.setNormalizer(nfkcNormalizer());
    native.setPreTokenizer(metaspacePreTokenizer("▁", "always", true));
    native.setDecoder(metaspaceDecoder("▁", "always", true));
    const path = join(mkdtempSync(join(tmpdir(), "tokenizer-")), "tokenizer.json");
    native.save(path);
    const file = JSON.parse(readFileSync(path, "utf8"));
    rmSync(dirname(path), { recursive: true });
    expect(loadUnigram(file).toJSON()).toEqual(file);
    await expectAsNative(file, [...fc.sample(atomText, { numRuns: 300, seed: 6 }), ...realLines(30)], false);
  });

  it("encodes pairs as the template says", async () => {
    const file = fileOf(model, "hf-fast");
    const native = NativeTokenizer.fromString(JSON.stringify(file));
    const theirs = await native.encode("the ﬁ", "a b");
    const ours = loadUnigram(file);
    expect(ours.encode("the ﬁ", { pair: "a b" })).toEqual(theirs.getIds());
    expect(ours.encodeDetailed("the ﬁ", { pair: "a b" }).typeIds).toEqual(theirs.getTypeIds());
  });

  it("decodes in parts what it decodes at once", () => {
    const tokenizer = loadUnigram(fileOf({ ...model, ...smallModel(SCORES, { byte: BYTES }) }, "hf"));
    for (const text of hardTexts(200)) {
      const ids = tokenizer.encode(text);
      const stream = tokenizer.decodeStream();
      expect(ids.map((id) => stream.push(id)).join("") + stream.end()).toBe(tokenizer.decode(ids));
    }
  });

  it("gives the file back", () => {
    const file = fileOf(model, "hf");
    expect(loadUnigram(file).toJSON()).toEqual(file);
  });

  it("says which character has no piece where nothing stands for unknown ones", () => {
    const file = fileOf(model, "hf-fast");
    const tokenizer = loadUnigram({ ...file, model: { ...file.model, unk_id: null } });
    expect(tokenizer.encode("a b")).toEqual(loadUnigram(file).encode("a b"));
    expect(() => tokenizer.encode("a c")).toThrow('no piece for "c" and no unknown piece');
  });

  it.each([
    ["another model", { model: { type: "BPE", vocab: {} } }, "model.type"],
    ["a vocabulary that is no list", { model: { type: "Unigram", vocab: {} } }, "model.vocab"],
    ["a piece without a score", { model: { vocab: [["a", 1], ["b"]] } }, "model.vocab[1]"],
    ["a score that isn't finite", { model: { vocab: [["a", Number.POSITIVE_INFINITY]] } }, "model.vocab[0]"],
    [
      "a piece with U+0000",
      {
        model: {
          vocab: [
            ["a", 1],
            ["b\0", 1],
          ],
        },
      },
      "model.vocab[1]",
    ],
    ["more pieces than there may be", { model: { vocab: Array(2 ** 20 + 1) } }, "model.vocab"],
    [
      "normalizers a hundred thousand deep",
      { normalizer: nested(100_000), model: { vocab: [["a", 1]] } },
      `normalizer${".normalizers[0]".repeat(9)}`,
    ],
    ["an unknown id without a piece", { model: { unk_id: 5, vocab: [["a", 1]] } }, "model.unk_id"],
    [
      "an added token with another's id",
      { added_tokens: [{ id: 0, content: "b" }], model: { vocab: [["a", 1]] } },
      "added_tokens[0]",
    ],
    [
      "rules of 25 MB",
      {
        normalizer: { type: "Precompiled", precompiled_charsmap: "A".repeat(2 ** 25 + 4) },
        model: { vocab: [["a", 1]] },
      },
      "normalizer.precompiled_charsmap",
    ],
    [
      "rules that aren't base64",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "%" }, model: { vocab: [["a", 1]] } },
      "normalizer.precompiled_charsmap",
    ],
    [
      "rules without sense",
      {
        normalizer: { type: "Sequence", normalizers: [{ type: "Precompiled", precompiled_charsmap: "////fw==" }] },
        model: { vocab: [["a", 1]] },
      },
      "normalizer.normalizers[0].precompiled_charsmap",
    ],
    [
      "a stage it doesn't know",
      { pre_tokenizer: { type: "Magic" }, model: { vocab: [["a", 1]] } },
      "pre_tokenizer.type",
    ],
  ])("names the field that has %s", (_, file, path) => {
    try {
      loadUnigram(file);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TokenizerJsonError);
      expect((error as TokenizerJsonError).path).toBe(path);
    }
  });
});
