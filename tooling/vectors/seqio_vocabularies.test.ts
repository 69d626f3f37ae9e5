import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import {
  ByteTokenizer,
  idsUpToEnd,
  loadSentencePiece,
  loadT5Tokenizer,
  parseModel,
  WordVocabulary,
} from "@t5ts/tokenizer-sentencepiece";
import { expect } from "vitest";
import { runVectors } from "./run-vectors.js";
import { readFixture } from "./sentencepiece-fixtures.js";

/** The vocabulary as seqio makes it: a model with `extra_ids` sentinels. Its `encode` writes no end. */
function seqioVocabulary(model: string, extraIds = 0): Tokenizer {
  return loadT5Tokenizer(readFixture(model), { extraIds, dialect: "seqio" });
}

/** seqio's `Vocabulary.decode`. */
function decode(tokenizer: Tokenizer, ids: readonly number[]): string {
  const { end, unknown } = tokenizer.special;
  return tokenizer.decode(idsUpToEnd(ids, { vocabSize: tokenizer.vocabSize, end, unknown }));
}

function decodeBytes(ids: readonly number[], extraIds: number): string {
  const tokenizer = new ByteTokenizer({ dialect: "seqio", extraIds, marks: "none" });
  const { end, unknown } = tokenizer.special;
  const known = idsUpToEnd(ids, { vocabSize: tokenizer.vocabSize, end, unknown });
  return tokenizer.decode(known, { skipSpecialTokens: true });
}

runVectors("seqio_vocabularies.json", {
  seqio_sentencepiece({ model, text, ids, decoded, extra_ids, vocab_size }) {
    const tokenizer = seqioVocabulary(model, extra_ids);
    if (vocab_size !== undefined) expect(tokenizer.vocabSize).toBe(vocab_size);
    expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(ids);
    if (decoded !== undefined) expect(decode(tokenizer, ids)).toBe(decoded);
  },
  seqio_sentencepiece_decode({ model, extra_ids, ids, decoded }) {
    expect(decode(seqioVocabulary(model, extra_ids), ids)).toBe(decoded);
  },
  seqio_roundtrip({ model, text, remove_extra_whitespaces, roundtrip }) {
    const parsed = parseModel(readFixture(model));
    const removeExtraWhitespaces = remove_extra_whitespaces ?? parsed.normalizer.removeExtraWhitespaces ?? true;
    const tokenizer = loadSentencePiece({ ...parsed, normalizer: { ...parsed.normalizer, removeExtraWhitespaces } });
    expect(decode(tokenizer, tokenizer.encode(text))).toBe(roundtrip);
  },
  byte_vocabulary({ vocab_size, extra_ids, text, ids, decoded }) {
    const extraIds = extra_ids ?? vocab_size - 259;
    const tokenizer = new ByteTokenizer({ dialect: "seqio", extraIds, marks: "none" });
    expect(tokenizer.vocabSize).toBe(vocab_size ?? 259 + extraIds);
    expect(tokenizer.encode(text)).toEqual(ids);
    if (decoded !== undefined) expect(decodeBytes(ids, extraIds)).toBe(decoded);
  },
  byte_decode({ ids, extra_ids, decoded }) {
    expect(decodeBytes(ids, extra_ids ?? 0)).toBe(decoded);
  },
  byt5_encode({ text, ids }) {
    expect(new ByteTokenizer().encode(text)).toEqual(ids);
  },
  vocabulary_decode({ base_vocab_size, eos_id, unk_id, ids, expected_ids }) {
    const options = { vocabSize: base_vocab_size, end: eos_id ?? -1, unknown: unk_id ?? undefined };
    expect(idsUpToEnd(ids, options)).toEqual(expected_ids);
  },
  pass_through_decode({ ids, eos_id, expected }) {
    const end = eos_id ?? -1;
    expect(idsUpToEnd(ids, { vocabSize: Number.POSITIVE_INFINITY, end })).toEqual(expected);
  },
  unigram_word_vocabulary({ words, split_on_space, unk_id, encode, decode }) {
    const vocabulary = new WordVocabulary(words, { splitOnSpace: split_on_space });
    if (unk_id !== undefined) expect(vocabulary.unknown).toBe(unk_id);
    for (const [text, ids] of Object.entries(encode ?? {})) expect(vocabulary.encode(text)).toEqual(ids);
    for (const [ids, text] of decode ?? []) expect(vocabulary.decode(ids)).toBe(text);
  },
});
