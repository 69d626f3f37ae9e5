import { Tokenizer } from "tokenizers";
import { expect } from "vitest";
import { loadTokenizer } from "../load-tokenizer.js";

// For tests: Hugging Face's own library, native, is what this package is compared with.

/** A tokenizer.json whose model has a piece for each character of `texts` and no merges: what comes out is what the stages did. */
export function fileOfCharacters(texts: readonly string[], stages: object = {}): object {
  const characters = new Set(texts.join(""));
  for (let code = 0x21; code < 0x180; code++) characters.add(String.fromCodePoint(code));
  const vocab = Object.fromEntries(["<unk>", ...characters].map((piece, id) => [piece, id]));
  return fileOf({ vocab }, stages);
}

/** A tokenizer.json around a model. */
export function fileOf(model: object, stages: object = {}): object {
  const options = {
    dropout: null,
    unk_token: "<unk>",
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    merges: [],
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...stages,
    model: { type: "BPE", continuing_subword_prefix: null, end_of_word_suffix: null, ...options, ...model },
  };
}

/** Expects ids, offsets and word numbers as Hugging Face gives them, and `encode` to give the same ids as `encodeDetailed`. */
export async function expectAsNative(
  file: object,
  texts: Iterable<string>,
  compare: { offsets?: boolean } = {},
): Promise<void> {
  const ours = loadTokenizer(file);
  const native = Tokenizer.fromString(JSON.stringify(file));
  for (const text of texts) {
    const { ids, offsets, wordIds } = ours.encodeDetailed(text, { offsets: "code-points" });
    const theirs = await native.encode(text);
    const expected = { text, ids: theirs.getIds(), wordIds: theirs.getWordIds().map((word) => word ?? null) };
    expect({ text, ids, wordIds }).toEqual(expected);
    if (compare.offsets !== false) expect({ text, offsets }).toEqual({ text, offsets: theirs.getOffsets() });
    expect(ours.encode(text)).toEqual(ids);
  }
}
