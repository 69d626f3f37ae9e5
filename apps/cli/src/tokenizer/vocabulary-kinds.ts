import { BpeTokenizer, type Tokenizer } from "@t5ts/tokenizer-bpe";
import { ByteTokenizer, SentencePieceTokenizer, UnigramTokenizer } from "@t5ts/tokenizer-sentencepiece";
import { formatCount } from "../terminal/format-number.js";

/** What a vocabulary is, whatever file it's from. */
export type VocabularyKind = {
  kind: "byte-level" | "characters" | "unigram" | "bpe" | "words" | "bytes" | "other";
  /** The same for people. */
  about: string;
  /** Pairs of pieces, the first merge first; none where pieces aren't made so or the file doesn't say how. */
  merges: readonly (string | readonly [string, string])[];
  /** Ids of pieces that weren't learnt. */
  addedIds: ReadonlySet<number>;
};

export function describeVocabulary(tokenizer: Tokenizer): VocabularyKind {
  if (tokenizer instanceof BpeTokenizer) return describeBpe(tokenizer);
  if (tokenizer instanceof SentencePieceTokenizer) return describeModel(tokenizer);
  if (tokenizer instanceof UnigramTokenizer) {
    const addedIds = new Set(tokenizer.toJSON().added_tokens.map(({ id }) => id));
    return { kind: "unigram", about: "unigram, from a tokenizer.json", merges: [], addedIds };
  }
  if (tokenizer instanceof ByteTokenizer) {
    return { kind: "bytes", about: "the bytes of UTF-8", merges: [], addedIds: new Set() };
  }
  return { kind: "other", about: "a dialect of T5's vocabulary", merges: [], addedIds: new Set() };
}

/** The most probable ways to spell a text, the best first; none where the vocabulary knows only one. */
export function bestSpellings(
  tokenizer: Tokenizer,
  text: string,
  count: number,
): { pieces: string[]; score: number }[] {
  if (!(tokenizer instanceof SentencePieceTokenizer) || describeModel(tokenizer).kind !== "unigram") return [];
  return tokenizer.encodeNBest(text, count).map(({ ids, score }) => {
    return { pieces: ids.map((id) => tokenizer.pieceOf(id) ?? ""), score };
  });
}

function describeBpe(tokenizer: BpeTokenizer): VocabularyKind {
  const { model, added_tokens: added, decoder } = tokenizer.toJSON();
  // A decoder of bytes turns pieces that are spelled in bytes into text.
  const kind = JSON.stringify(decoder ?? null).includes('"ByteLevel"') ? "byte-level" : "characters";
  return {
    kind,
    about: `byte pair encoding, ${kind}, ${formatCount(model.merges.length)} merges`,
    merges: model.merges,
    addedIds: new Set(added.map(({ id }) => id)),
  };
}

/** By SentencePiece's numbers for the types of models; 1 is what a file means that doesn't say. */
const MODEL_KINDS = { 1: "unigram", 2: "bpe", 3: "words", 4: "characters" } as const;

function describeModel({ model }: SentencePieceTokenizer): VocabularyKind {
  const kind = MODEL_KINDS[(model.trainer.modelType ?? 1) as keyof typeof MODEL_KINDS] ?? "other";
  const addedIds = model.pieces.flatMap(({ type }, id) => (type === "normal" ? [] : [id]));
  return { kind, about: `${kind}, SentencePiece's`, merges: [], addedIds: new Set(addedIds) };
}
