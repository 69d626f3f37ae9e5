import type { BpeVocabulary } from "./bpe-vocabulary.js";
import { BYTE_CHARACTERS, byteCharacters, utf8 } from "./byte-alphabet.js";
import { characterEnd } from "./character-end.js";
import { SpelledText } from "./spelled-text.js";
import { WordCache } from "./word-cache.js";
import { type WordCutter, wordCutter } from "./word-cutter.js";
import { type BpeDropout, WordMerger } from "./word-merger.js";

export type BpeModelOptions = {
  /** The id for a character without a piece; without it such characters are left out. */
  readonly unknown?: number | undefined;
  /** Neighbouring unknown characters give one id. */
  readonly fuseUnknown: boolean;
  /** A character without a piece is spelled with the pieces `<0x00>` … `<0xFF>`. */
  readonly byteFallback: boolean;
  /** A word that is a piece is that piece, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** Words are spelled with the 256 characters that stand for bytes. */
  readonly isByteLevel: boolean;
};

/** Longer words hardly ever come again and would push out the others. */
const LONGEST_CACHED = 64;

/** Byte pair encoding of words: spelled in characters or bytes, then merged. */
export class BpeModel {
  readonly #vocabulary: BpeVocabulary;
  readonly #options: BpeModelOptions;
  readonly #word: WordMerger;
  readonly #basicIds: Int32Array; // of each byte; or of each character, and 1 more, so that it's 0 without a piece
  readonly #fallbackIds: Int32Array; // of the pieces for the 256 bytes
  #longestWhole = 0; // of the words that may be a piece whatever the merges say
  readonly #words: WordCache = new WordCache((text, start, end, spelled) => {
    if (!this.#addWhole(text, start, end, 0, spelled)) this.#addMerged(text, start, end, 0, spelled);
  });
  readonly #parts: WordCache = new WordCache((text, start, end, spelled) =>
    this.#addMerged(text, start, end, 0, spelled),
  ); // of long words
  #partEnd: WordCutter | undefined; // made for the first long word
  readonly #letters: SpelledText = new SpelledText(); // the word at hand before merging

  constructor(vocabulary: BpeVocabulary, options: BpeModelOptions) {
    const { ids, merges } = vocabulary;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#word = new WordMerger(merges);
    this.#basicIds = options.isByteLevel ? idsOf(BYTE_CHARACTERS, ids) : idsOfCharacters(ids);
    this.#fallbackIds = idsOf(FALLBACK_PIECES, options.byteFallback ? ids : new Map());
    if (options.ignoreMerges)
      for (const piece of ids.keys()) this.#longestWhole = Math.max(this.#longestWhole, piece.length);
  }

  /**
   * Appends the ids of the words that `bounds` gives as start, end, start, end … in `text`, and tells for each id where its
   * part of the text is and in which word, from `word` on.
   */
  append(text: string, bounds: readonly number[], word: number, spelled: SpelledText, dropout?: BpeDropout): void {
    for (let i = 0; i < bounds.length; i += 2, word++) {
      const start = bounds[i]!;
      const end = bounds[i + 1]!;
      if (end - start <= LONGEST_CACHED && dropout === undefined) this.#words.append(text, start, end, word, spelled);
      else if (!this.#addWhole(text, start, end, word, spelled)) {
        if (dropout === undefined) this.#addParts(text, start, end, word, spelled);
        else this.#addMerged(text, start, end, word, spelled, dropout);
      }
    }
  }

  /** Adds a word that is a piece, if the merges aren't asked. */
  #addWhole(text: string, start: number, end: number, word: number, spelled: SpelledText): boolean {
    if (end - start > this.#longestWhole) return false;
    const whole = text.slice(start, end);
    const id = this.#vocabulary.ids.get(this.#options.isByteLevel ? byteCharacters(whole) : whole);
    if (id === undefined) return false;
    spelled.add(id, start, end, word);
    return true;
  }

  #addParts(text: string, start: number, end: number, word: number, spelled: SpelledText): void {
    this.#partEnd ??= this.#openCutter();
    for (let at = start; at < end; ) {
      const to = this.#partEnd(text, at, end);
      if (to - at <= LONGEST_CACHED) this.#parts.append(text, at, to, word, spelled);
      else this.#addMerged(text, at, to, word, spelled);
      at = to;
    }
  }

  #openCutter(): WordCutter {
    const bytes = new Set(this.#fallbackIds);
    // With a piece for each byte, and none of them in a merge, every other character stands by itself.
    const isApart = bytes.size === 256 && !bytes.has(-1) && !this.#vocabulary.merges.some((id) => bytes.has(id));
    return wordCutter(this.#vocabulary, this.#options.isByteLevel, (code) => isApart || this.#basicId(code) >= 0);
  }

  /** Adds what merging makes of a word. */
  #addMerged(text: string, start: number, end: number, word: number, spelled: SpelledText, dropout?: BpeDropout): void {
    const letters = this.#letters.cleared();
    if (this.#options.isByteLevel) this.#spellBytes(text, start, end, letters);
    else this.#spellCharacters(text, start, end, letters);
    const { items } = letters;
    const length = this.#word.merge(letters, dropout);
    const { symbols, firsts } = this.#word;
    for (let i = 0; i < length; i++)
      spelled.add(symbols[i]!, items[firsts[i]! * 4 + 1]!, items[firsts[i + 1]! * 4 - 2]!, word);
  }

  #spellBytes(text: string, start: number, end: number, letters: SpelledText): void {
    for (let at = start; at < end; ) {
      const next = characterEnd(text, at);
      for (const byte of utf8(text.codePointAt(at)!)) letters.add(this.#basicIds[byte]!, at, next, 0);
      at = next;
    }
  }

  #spellCharacters(text: string, start: number, end: number, letters: SpelledText): void {
    const { unknown, fuseUnknown } = this.#options;
    let wasMissing = false; // the character before had no piece
    for (let at = start; at < end; ) {
      const code = text.codePointAt(at)!;
      const next = characterEnd(text, at);
      const known = this.#basicId(code);
      const spelling = known >= 0 ? [known] : this.#fallback(code);
      const isMissing = spelling.length === 0 && unknown !== undefined;
      if (isMissing && wasMissing && fuseUnknown) letters.items[letters.length * 4 - 2] = next;
      else if (isMissing) spelling.push(unknown);
      wasMissing = isMissing;
      for (const id of spelling) letters.add(id, at, next, 0);
      at = next;
    }
  }

  /** Of a character, or -1. */
  #basicId(code: number): number {
    return this.#basicIds[code]! - 1;
  }

  #fallback(code: number): number[] {
    const ids = utf8(code).map((byte) => this.#fallbackIds[byte]!);
    return ids.includes(-1) ? [] : ids;
  }
}

/** The pieces that spell the bytes of characters that have no piece. */
export const FALLBACK_PIECES: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

function idsOf(pieces: readonly string[], ids: ReadonlyMap<string, number>): Int32Array {
  return Int32Array.from(pieces, (piece) => ids.get(piece) ?? -1);
}

function idsOfCharacters(ids: ReadonlyMap<string, number>): Int32Array {
  const found = new Int32Array(0x110000); // of which only what is used takes memory
  for (const [piece, id] of ids) if (piece.length === characterEnd(piece, 0)) found[piece.codePointAt(0)!] = id + 1;
  return found;
}
