import { BYTE_CHARACTERS, byteCharacters, utf8 } from "./byte-alphabet.js";
import { characterEnd } from "./character-end.js";
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

/** Ids and, in units of the text, where each begins and ends: of all characters it has a part of. */
export type SpelledText = {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
  /** The number of the word that each is in. */
  readonly words: number[];
};

/** Longer words hardly ever come again and would push out the others. */
const LONGEST_CACHED = 64;

/** About 3 MB with words of 8 letters; 10 MB of English have 60,000 different words. When full, the cache starts anew. */
const MAX_CACHED_WORDS = 1 << 16;

/** Byte pair encoding of words: spelled in characters or bytes, then merged. */
export class BpeModel {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #options: BpeModelOptions;
  readonly #word: WordMerger;
  readonly #basicIds: Int32Array; // of each byte, or of each UTF-16 unit; -1 without a piece
  readonly #fallbackIds: Int32Array; // of the pieces for the 256 bytes
  readonly #wordMark: WordMark | undefined;
  readonly #cachedWords: WordTable = new WordTable();
  readonly #cachedEnds: Int32Array = new Int32Array(MAX_CACHED_WORDS + 1); // of each word's ids
  #cachedIds: Int32Array = new Int32Array(1 << 12);

  constructor(vocabulary: BpeVocabulary, options: BpeModelOptions) {
    const { ids, merges } = vocabulary;
    this.#ids = ids;
    this.#options = options;
    this.#word = new WordMerger(merges);
    this.#basicIds = options.isByteLevel ? idsOf(BYTE_CHARACTERS, ids) : idsOfUnits(ids);
    this.#fallbackIds = idsOf(options.byteFallback ? FALLBACK_PIECES : [], ids);
    this.#wordMark = findWordMark(vocabulary, options);
  }

  /** Appends the ids of the words that `bounds` gives as start, end, start, end … in `text`. */
  appendIds(text: string, bounds: readonly number[], ids: number[]): void {
    for (let i = 0; i < bounds.length; i += 2) {
      const start = bounds[i]!;
      const end = bounds[i + 1]!;
      if (end - start <= LONGEST_CACHED) this.#appendCached(text, start, end, ids);
      else this.#appendLong(text, start, end, ids);
    }
  }

  /** As `appendIds`, and tells for each id which word it's in and where its part of the text begins and ends. */
  appendSpelling(text: string, bounds: readonly number[], spelled: SpelledText, dropout?: BpeDropout): void {
    for (let i = 0; i < bounds.length; i += 2) {
      const length = this.#encodeWord(text, bounds[i]!, bounds[i + 1]!, dropout);
      for (let at = 0; at < length; at++) {
        spelled.ids.push(this.#word.symbols[at]!);
        spelled.starts.push(this.#word.starts[at]!);
        spelled.ends.push(this.#word.ends[at]!);
        spelled.words.push(i / 2);
      }
    }
  }

  #appendCached(text: string, start: number, end: number, ids: number[]): void {
    if (this.#cachedWords.size === MAX_CACHED_WORDS) this.#cachedWords.clear();
    const size = this.#cachedWords.size;
    const word = this.#cachedWords.intern(text, start, end);
    if (word === size) this.#fillCache(text, start, end, word);
    const cachedIds = this.#cachedIds;
    for (let i = this.#cachedEnds[word]!, to = this.#cachedEnds[word + 1]!; i < to; i++) ids.push(cachedIds[i]!);
  }

  #fillCache(text: string, start: number, end: number, word: number): void {
    const length = this.#encodeWord(text, start, end);
    const from = this.#cachedEnds[word]!;
    const to = from + length;
    if (to > this.#cachedIds.length) this.#cachedIds = grown(this.#cachedIds, new Int32Array(to * 2));
    this.#cachedIds.set(this.#word.symbols.subarray(0, length), from);
    this.#cachedEnds[word + 1] = to;
  }

  #appendLong(text: string, start: number, end: number, ids: number[]): void {
    for (let at = start; at < end; ) {
      const to = nextCut(this.#wordMark, text, at, end);
      if (to - at <= LONGEST_CACHED) this.#appendCached(text, at, to, ids);
      else {
        const length = this.#encodeWord(text, at, to);
        for (let i = 0; i < length; i++) ids.push(this.#word.symbols[i]!);
      }
      at = to;
    }
  }

  /** Leaves the ids in `#word`, and returns how many there are. */
  #encodeWord(text: string, start: number, end: number, dropout?: BpeDropout): number {
    const { isByteLevel, ignoreMerges } = this.#options;
    const word = this.#word;
    word.reserve((end - start) * 3); // UTF-8 takes up to three bytes for a unit
    if (ignoreMerges) {
      const whole = text.slice(start, end);
      const id = this.#ids.get(isByteLevel ? byteCharacters(whole) : whole);
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
      const known = this.#basicIds[code] ?? this.#ids.get(String.fromCodePoint(code)) ?? -1;
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

/**
 * Files without a pre-tokenizer give the model whole texts as one word. They may be cut before a word mark all the same
 * where the unit before it is never followed by the mark inside a piece: no merge can reach across.
 */
type WordMark = { readonly unit: number; readonly isFollowedBy: ReadonlySet<number> };

function findWordMark({ pieces, ids }: BpeVocabulary, options: BpeModelOptions): WordMark | undefined {
  const mark = "▁";
  if (options.isByteLevel || options.ignoreMerges || !ids.has(mark)) return undefined;
  const isFollowedBy = new Set<number>();
  for (const piece of ids.keys()) {
    for (let at = piece.indexOf(mark, 1); at > 0; at = piece.indexOf(mark, at + 1))
      isFollowedBy.add(piece.charCodeAt(at - 1));
  }
  // A symbol for an unknown character or a byte could be in a merge too; the unit before the mark then isn't the symbol's.
  const unknown = options.unknown === undefined ? "" : pieces[options.unknown]!;
  const standIns = options.byteFallback ? [unknown, FALLBACK_PIECES[0]!] : [unknown];
  if (standIns.some((piece) => isFollowedBy.has(piece.charCodeAt(piece.length - 1)))) return undefined;
  return { unit: mark.charCodeAt(0), isFollowedBy };
}

function nextCut(mark: WordMark | undefined, text: string, start: number, end: number): number {
  if (mark === undefined) return end;
  for (let at = start + 1; at < end; at++) {
    if (text.charCodeAt(at) === mark.unit && !mark.isFollowedBy.has(text.charCodeAt(at - 1))) return at;
  }
  return end;
}
