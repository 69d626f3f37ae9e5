import { BYTE_CHARACTERS, byteCharacters, utf8 } from "./byte-alphabet.js";
import { characterEnd } from "./character-end.js";
import type { SpelledText } from "./spelled-text.js";
import { type WordCutter, wordCutter } from "./word-cutter.js";
import { type BpeDropout, WordMerger } from "./word-merger.js";
import { grown, WordTable } from "./word-table.js";

/** The pieces by their ids, and the merges: ids of left part, right part and result, three for each, first merge first. */
export type BpeVocabulary = {
  /** Ids may have gaps. */
  readonly pieces: readonly (string | undefined)[];
  readonly ids: ReadonlyMap<string, number>;
  /** No pair of parts twice. */
  readonly merges: Int32Array;
};

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

/** About 3 MB with words of 8 letters; 10 MB of English have 60,000 different words. When full, the cache starts anew. */
const MAX_CACHED_WORDS = 1 << 16;

/** Byte pair encoding of words: spelled in characters or bytes, then merged. */
export class BpeModel {
  readonly #vocabulary: BpeVocabulary;
  readonly #options: BpeModelOptions;
  readonly #word: WordMerger;
  readonly #basicIds: Int32Array; // of each byte, or of each UTF-16 unit; -1 without a piece
  readonly #fallbackIds: Int32Array; // of the pieces for the 256 bytes
  readonly #longestWhole: number; // of the words that may be a piece whatever the merges say
  #partEnd: WordCutter | undefined; // made for the first long word
  readonly #cachedWords: WordTable = new WordTable();
  readonly #cachedEnds: Int32Array = new Int32Array(MAX_CACHED_WORDS + 1); // of each word's ids
  #cachedIds: Int32Array = new Int32Array(1 << 12);

  constructor(vocabulary: BpeVocabulary, options: BpeModelOptions) {
    const { ids, merges, pieces } = vocabulary;
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#word = new WordMerger(merges);
    this.#basicIds = options.isByteLevel ? idsOf(BYTE_CHARACTERS, ids) : idsOfUnits(ids);
    this.#fallbackIds = idsOf(options.byteFallback ? FALLBACK_PIECES : [], ids);
    this.#longestWhole = (options.ignoreMerges ? pieces : []).reduce(
      (most, piece = "") => Math.max(most, piece.length),
      0,
    );
  }

  /** Appends the ids of the words that `bounds` gives as start, end, start, end … in `text`, and nothing but the ids. */
  appendIds(text: string, bounds: readonly number[], spelled: SpelledText): void {
    const append = (start: number, end: number): void => {
      if (end - start <= LONGEST_CACHED) this.#appendCached(text, start, end, spelled);
      else this.#appendMerged(text, start, end, 0, spelled);
    };
    for (let i = 0; i < bounds.length; i += 2) this.#eachPart(text, bounds[i]!, bounds[i + 1]!, append);
  }

  /** As `appendIds`, and tells for each id where its part of the text is and in which word, from `word` on. */
  appendSpelling(
    text: string,
    bounds: readonly number[],
    word: number,
    spelled: SpelledText,
    dropout?: BpeDropout,
  ): void {
    const append = (start: number, end: number): void => this.#appendMerged(text, start, end, word, spelled, dropout);
    for (let i = 0; i < bounds.length; i += 2, word++) this.#eachPart(text, bounds[i]!, bounds[i + 1]!, append);
  }

  #appendCached(text: string, start: number, end: number, spelled: SpelledText): void {
    if (this.#cachedWords.size === MAX_CACHED_WORDS) this.#cachedWords.clear();
    const size = this.#cachedWords.size;
    const word = this.#cachedWords.intern(text, start, end);
    if (word === size) this.#fillCache(text, start, end, word);
    const cachedIds = this.#cachedIds;
    for (let i = this.#cachedEnds[word]!, to = this.#cachedEnds[word + 1]!; i < to; i++)
      spelled.add(cachedIds[i]!, 0, 0, 0);
  }

  #fillCache(text: string, start: number, end: number, word: number): void {
    const length = this.#encodeWord(text, start, end);
    const from = this.#cachedEnds[word]!;
    const to = from + length;
    if (to > this.#cachedIds.length) this.#cachedIds = grown(this.#cachedIds, new Int32Array(to * 2));
    this.#cachedIds.set(this.#word.symbols.subarray(0, length), from);
    this.#cachedEnds[word + 1] = to;
  }

  #appendMerged(
    text: string,
    start: number,
    end: number,
    word: number,
    spelled: SpelledText,
    dropout?: BpeDropout,
  ): void {
    const length = this.#encodeWord(text, start, end, dropout);
    const { symbols, starts, ends } = this.#word;
    for (let i = 0; i < length; i++) spelled.add(symbols[i]!, starts[i]!, ends[i]!, word);
  }

  /** Cuts a word that is long because the file has no pre-tokenizer. */
  #eachPart(text: string, start: number, end: number, use: (start: number, end: number) => void): void {
    if (this.#options.isByteLevel || this.#options.ignoreMerges || end - start <= LONGEST_CACHED) {
      use(start, end);
      return;
    }
    this.#partEnd ??= wordCutter(this.#vocabulary, (code) => this.#basicId(code) >= 0);
    for (let at = start; at < end; ) {
      const to = this.#partEnd(text, at, end);
      use(at, to);
      at = to;
    }
  }

  /** Leaves the ids in `#word`, and returns how many there are. */
  #encodeWord(text: string, start: number, end: number, dropout?: BpeDropout): number {
    const { isByteLevel } = this.#options;
    const word = this.#word;
    word.reserve((end - start) * 3); // UTF-8 takes up to three bytes for a unit
    if (end - start <= this.#longestWhole) {
      const whole = text.slice(start, end);
      const id = this.#vocabulary.ids.get(isByteLevel ? byteCharacters(whole) : whole);
      if (id !== undefined) {
        word.symbols[0] = id;
        word.starts[0] = start;
        word.ends[0] = end;
        return 1;
      }
    }
    return word.merge(
      isByteLevel ? this.#spellBytes(text, start, end) : this.#spellCharacters(text, start, end),
      dropout,
    );
  }

  #spellBytes(text: string, start: number, end: number): number {
    const { symbols, starts, ends } = this.#word;
    let length = 0;
    for (let at = start; at < end; ) {
      const code = text.codePointAt(at)!;
      const next = characterEnd(text, at);
      for (const byte of utf8(code)) {
        symbols[length] = this.#basicIds[byte]!;
        starts[length] = at;
        ends[length++] = next;
      }
      at = next;
    }
    return length;
  }

  #spellCharacters(text: string, start: number, end: number): number {
    const { symbols, starts, ends } = this.#word;
    const { unknown, fuseUnknown } = this.#options;
    let length = 0;
    let wasMissing = false; // the character before had no piece
    for (let at = start; at < end; ) {
      const code = text.codePointAt(at)!;
      const next = characterEnd(text, at);
      const known = this.#basicId(code);
      const spelling = known >= 0 ? [known] : this.#fallback(code);
      const isMissing = spelling.length === 0 && unknown !== undefined;
      if (isMissing && wasMissing && fuseUnknown) ends[length - 1] = next;
      else if (isMissing) spelling.push(unknown);
      wasMissing = isMissing;
      for (const id of spelling) {
        symbols[length] = id;
        starts[length] = at;
        ends[length++] = next;
      }
      at = next;
    }
    return length;
  }

  /** Of a character; byte-level, of a byte. */
  #basicId(code: number): number {
    return this.#basicIds[code] ?? this.#vocabulary.ids.get(String.fromCodePoint(code)) ?? -1;
  }

  #fallback(code: number): number[] {
    if (!this.#options.byteFallback) return [];
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

function idsOfUnits(ids: ReadonlyMap<string, number>): Int32Array {
  const found = new Int32Array(0x10000).fill(-1);
  for (const [piece, id] of ids) if (piece.length === 1) found[piece.charCodeAt(0)] = id;
  return found;
}
