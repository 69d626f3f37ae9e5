import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { loadT5Tokenizer, loadUnigram } from "@t5ts/tokenizer-sentencepiece";
import { expect } from "vitest";
import { runVectors, type VectorCase } from "./run-vectors.js";
import { readFixture, sentencePiece } from "./sentencepiece-fixtures.js";

const loaders: Record<string, () => Tokenizer> = {
  // tokenizer_config.json of t5-small asks for clean_up_tokenization_spaces.
  json: () =>
    loadUnigram(JSON.parse(new TextDecoder().decode(readFixture("t5_small_tokenizer.json"))), { cleanUpSpaces: true }),
  hf: () => loadT5Tokenizer(readFixture("t5_base.model"), { dialect: "hf" }),
  legacy: () => loadT5Tokenizer(readFixture("t5_base.model"), { dialect: "hf-legacy" }),
};

const loaded = new Map<string, Tokenizer>();

/** transformers.js' t5-small is a tokenizer.json, its "new" one has `legacy: false`; cases without a name are Python's slow tokenizer. */
function tokenizerOf({ tokenizer: name, profile }: VectorCase): Tokenizer {
  const kind = profile === "legacy: false" || /-new$/.test(name ?? "") ? "hf" : name === undefined ? "legacy" : "json";
  let tokenizer = loaded.get(kind);
  if (tokenizer === undefined) {
    tokenizer = loaders[kind]!();
    loaded.set(kind, tokenizer);
  }
  return tokenizer;
}

runVectors("tokenizer_t5.json", {
  t5_tokenize(testCase) {
    const tokenizer = tokenizerOf(testCase);
    const { text, ids, tokens, decoded } = testCase;
    expect(tokenizer.encode(text)).toEqual(ids);
    if (tokens !== undefined)
      expect(tokenizer.encodeDetailed(text, { addSpecialTokens: false }).pieces).toEqual(tokens);
    if (decoded !== undefined) expect(tokenizer.decode(ids)).toBe(decoded);
  },
  t5_encode(testCase) {
    expect(tokenizerOf(testCase).encode(testCase.text)).toEqual(testCase.ids);
  },
  t5_encode_no_eos(testCase) {
    const tokenizer = tokenizerOf(testCase);
    const { text, ids, decoded, reversible } = testCase;
    expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(ids);
    if (decoded !== undefined) expect(tokenizer.decode(ids)).toBe(decoded);
    if (reversible !== undefined) expect(tokenizer.decode(ids) === text).toBe(reversible);
  },
  t5_encode_same(testCase) {
    const [first, ...others] = (testCase.texts as string[]).map((text) => tokenizerOf(testCase).encode(text));
    for (const ids of others) expect(ids).toEqual(first);
  },
  spm_encode({ model, text, pieces, ids }) {
    const tokenizer = sentencePiece(model);
    expect(tokenizer.encode(text)).toEqual(ids);
    if (pieces !== undefined) expect(tokenizer.encodeDetailed(text).pieces).toEqual(pieces);
  },
  t5_sentinels({ model, extra_ids, piece_count, ids }) {
    const bytes = readFixture(model ?? "t5_base.model");
    const tokenizer = loadT5Tokenizer(bytes, { extraIds: extra_ids, dialect: "hf" });
    expect(tokenizer.special.sentinels).toHaveLength(extra_ids);
    expect(Math.min(...tokenizer.special.sentinels)).toBe(piece_count);
    for (const [name, id] of Object.entries(ids as Record<string, number>)) {
      const [, number] = /^<extra_id_(\d+)>$/.exec(name) ?? [];
      expect(tokenizer.special.sentinels[Number(number)], name).toBe(id);
    }
  },
  t5_vocab({ model, extra_ids, vocab_size, with_pad }) {
    // The vocabulary as transformers counts it is the pieces and the sentinels; a missing pad comes after them.
    const { special, vocabSize } = loadT5Tokenizer(readFixture(model), { extraIds: extra_ids, dialect: "hf-legacy" });
    expect(special.sentinels[0]).toBe(vocab_size - 1);
    expect(vocabSize).toBe(with_pad ?? vocab_size);
  },
});
