import { BYTE_CHARACTERS, utf8 } from "./byte-alphabet.js";
import { PairTable } from "./pair-table.js";
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

/** BPE-dropout (Provilkov et al. 2020): each merge is passed over with probability `rate`; `random` draws from [0, 1). */
export type BpeDropout = { readonly rate: number; readonly random: () => number };

/** Ids and, in units of the text, where each begins and ends: of all characters it has a part of. */
export type SpelledText = {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
  /** The number of the word that each is in. */
  readonly words: number[];
};

/** Up to this many symbols the first merge is found by looking at all pairs, beyond that by a heap. */
const LONGEST_SCANNED = 48;

/** Longer words hardly ever come again and would push out the others. */
const LONGEST_CACHED = 64;

/** About 3 MB with words of 8 letters; 10 MB of English have 60,000 different words. When full, the cache starts anew. */
const MAX_CACHED_WORDS = 1 << 16;

/** Byte pair encoding of words: spelled in characters or bytes, then the earliest merge that applies, until none does. */
export class BpeModel {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #options: BpeModelOptions;
  readonly #ranks: PairTable; // of a pair of ids: the number of its merge
  readonly #merged: Int32Array; // the result of each merge
  readonly #basicIds: Int32Array; // of each byte, or of each UTF-16 unit; -1 without a piece
  readonly #fallbackIds: Int32Array | undefined; // of the pieces for the 256 bytes
  readonly #wordMark: WordMark | undefined;

  // The word at hand: its symbols, where they begin and end, the rank of each one's merge with the next.
  #symbols: Int32Array = new Int32Array(256);
  #starts: Int32Array = new Int32Array(256);
  #ends: Int32Array = new Int32Array(256);
  #pairRanks: Int32Array = new Int32Array(256);

  readonly #cachedWords: WordTable = new WordTable();
  readonly #cachedEnds: Int32Array = new Int32Array(MAX_CACHED_WORDS + 1);
  #cachedIds: Int32Array = new Int32Array(1 << 12);

  constructor(vocabulary: BpeVocabulary, options: BpeModelOptions) {
    const { ids, merges } = vocabulary;
    this.#ids = ids;
    this.#options = options;
    this.#ranks = new PairTable(merges.length / 3);
    this.#merged = new Int32Array(merges.length / 3);
    for (let i = 0; i < merges.length; i += 3) {
      this.#merged[this.#ranks.intern(merges[i]!, merges[i + 1]!)] = merges[i + 2]!;
    }
    this.#basicIds = options.isByteLevel ? idsOf(BYTE_CHARACTERS, ids) : idsOfUnits(ids);
    if (options.byteFallback) this.#fallbackIds = idsOf(FALLBACK_PIECES, ids);
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
      const length = this.#spellAndMerge(text, bounds[i]!, bounds[i + 1]!, dropout);
      for (let at = 0; at < length; at++) {
        spelled.ids.push(this.#symbols[at]!);
        spelled.starts.push(this.#starts[at]!);
        spelled.ends.push(this.#ends[at]!);
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
    const length = this.#spellAndMerge(text, start, end);
    const from = this.#cachedEnds[word]!;
    while (from + length > this.#cachedIds.length) {
      this.#cachedIds = grown(this.#cachedIds, new Int32Array(this.#cachedIds.length * 2));
    }
    this.#cachedIds.set(this.#symbols.subarray(0, length), from);
    this.#cachedEnds[word + 1] = from + length;
  }

  #appendLong(text: string, start: number, end: number, ids: number[]): void {
    const to = this.#wordMark === undefined ? end : nextCut(this.#wordMark, text, start, end);
    if (to < end) {
      const bounds = [start, to];
      for (let from = to; from < end; from = bounds[bounds.length - 1]!) {
        bounds.push(from, nextCut(this.#wordMark!, text, from, end));
      }
      this.appendIds(text, bounds, ids);
      return;
    }
    const length = this.#spellAndMerge(text, start, end);
    for (let i = 0; i < length; i++) ids.push(this.#symbols[i]!);
  }

  /** The number of symbols that the word has in the end. */
  #spellAndMerge(text: string, start: number, end: number, dropout?: BpeDropout): number {
    this.#reserve((end - start) * 3); // UTF-8 takes up to three bytes for a unit
    if (this.#options.ignoreMerges) {
      const id = this.#ids.get(this.#options.isByteLevel ? byteLevelWord(text, start, end) : text.slice(start, end));
      if (id !== undefined) {
        this.#symbols[0] = id;
        this.#starts[0] = start;
        this.#ends[0] = end;
        return 1;
      }
    }
    const length = this.#options.isByteLevel
      ? this.#spellBytes(text, start, end)
      : this.#spellCharacters(text, start, end);
    if (dropout !== undefined && dropout.rate > 0) return this.#mergeByHeap(length, dropout);
    return length <= LONGEST_SCANNED ? this.#mergeByScan(length) : this.#mergeByHeap(length);
  }

  #spellBytes(text: string, start: number, end: number): number {
    const symbols = this.#symbols;
    const starts = this.#starts;
    const ends = this.#ends;
    const byteIds = this.#basicIds;
    let length = 0;
    for (let i = start; i < end; ) {
      const code = text.codePointAt(i)!;
      const next = i + (code > 0xffff ? 2 : 1);
      const first = length;
      if (code < 0x80) {
        symbols[length++] = byteIds[code]!;
      } else if (code < 0x800) {
        symbols[length++] = byteIds[0xc0 | (code >> 6)]!;
        symbols[length++] = byteIds[0x80 | (code & 63)]!;
      } else {
        if (code < 0x10000) {
          symbols[length++] = byteIds[0xe0 | (code >> 12)]!;
        } else {
          symbols[length++] = byteIds[0xf0 | (code >> 18)]!;
          symbols[length++] = byteIds[0x80 | ((code >> 12) & 63)]!;
        }
        symbols[length++] = byteIds[0x80 | ((code >> 6) & 63)]!;
        symbols[length++] = byteIds[0x80 | (code & 63)]!;
      }
      for (let at = first; at < length; at++) {
        starts[at] = i;
        ends[at] = next;
      }
      i = next;
    }
    return length;
  }

  #spellCharacters(text: string, start: number, end: number): number {
    let length = 0;
    let isUnknown = false; // the last symbol, and open to be fused
    const add = (id: number, from: number, to: number): void => {
      this.#symbols[length] = id;
      this.#starts[length] = from;
      this.#ends[length++] = to;
    };
    for (let i = start; i < end; ) {
      const code = text.codePointAt(i)!;
      const next = i + (code > 0xffff ? 2 : 1);
      const id = code > 0xffff ? (this.#ids.get(String.fromCodePoint(code)) ?? -1) : this.#basicIds[code]!;
      if (id >= 0) {
        add(id, i, next);
        isUnknown = false;
      } else if (this.#canFallBack(code)) {
        for (const byte of utf8(code)) add(this.#fallbackIds![byte]!, i, next);
        isUnknown = false;
      } else if (this.#options.unknown !== undefined) {
        if (isUnknown && this.#options.fuseUnknown) this.#ends[length - 1] = next;
        else add(this.#options.unknown, i, next);
        isUnknown = true;
      }
      i = next;
    }
    return length;
  }

  #canFallBack(code: number): boolean {
    return this.#fallbackIds !== undefined && utf8(code).every((byte) => this.#fallbackIds![byte]! >= 0);
  }

  #mergeByScan(length: number): number {
    const symbols = this.#symbols;
    const pairRanks = this.#pairRanks;
    for (let i = 0; i + 1 < length; i++) pairRanks[i] = this.#ranks.find(symbols[i]!, symbols[i + 1]!);
    while (length > 1) {
      let best = -1;
      let bestRank = MAX_RANK;
      for (let i = 0; i + 1 < length; i++) {
        const rank = pairRanks[i]!;
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) break;
      symbols[best] = this.#merged[bestRank]!;
      this.#ends[best] = this.#ends[best + 1]!;
      length--;
      for (let i = best + 1; i < length; i++) {
        symbols[i] = symbols[i + 1]!;
        this.#starts[i] = this.#starts[i + 1]!;
        this.#ends[i] = this.#ends[i + 1]!;
        pairRanks[i] = pairRanks[i + 1]!;
      }
      if (best > 0) pairRanks[best - 1] = this.#ranks.find(symbols[best - 1]!, symbols[best]!);
      if (best + 1 < length) pairRanks[best] = this.#ranks.find(symbols[best]!, symbols[best + 1]!);
    }
    return length;
  }

  /** Keeps the order of the scan, lowest rank first and leftmost among equals, in O(n log n). */
  #mergeByHeap(length: number, dropout?: BpeDropout): number {
    const symbols = this.#symbols;
    const pairRanks = this.#pairRanks;
    const nexts = Int32Array.from({ length }, (_, i) => i + 1);
    const previous = Int32Array.from({ length }, (_, i) => i - 1);
    const heap: number[] = [];
    // What is queued is rank and place in one number; it's out of date if the pair at that place has another rank by now.
    const queue = (at: number): void => {
      const next = nexts[at]!;
      const rank = next < length ? this.#ranks.find(symbols[at]!, symbols[next]!) : -1;
      pairRanks[at] = rank;
      if (rank >= 0) pushHeap(heap, rank * PLACES + at);
    };
    for (let i = 0; i < length; i++) queue(i);
    const passedOver: number[] = [];
    while (heap.length > 0) {
      const top = popHeap(heap);
      if (dropout !== undefined && dropout.random() < dropout.rate) {
        passedOver.push(top);
        continue;
      }
      while (passedOver.length > 0) pushHeap(heap, passedOver.pop()!);
      const rank = Math.floor(top / PLACES);
      const at = top - rank * PLACES;
      if (pairRanks[at] !== rank) continue;
      const next = nexts[at]!;
      symbols[at] = this.#merged[rank]!;
      this.#ends[at] = this.#ends[next]!;
      pairRanks[next] = -1;
      nexts[at] = nexts[next]!;
      if (nexts[at]! < length) previous[nexts[at]!] = at;
      queue(at);
      if (previous[at]! >= 0) queue(previous[at]!);
    }
    let kept = 0;
    for (let i = 0; i < length; i = nexts[i]!) {
      symbols[kept] = symbols[i]!;
      this.#starts[kept] = this.#starts[i]!;
      this.#ends[kept++] = this.#ends[i]!;
    }
    return kept;
  }

  #reserve(length: number): void {
    if (length <= this.#symbols.length) return;
    const size = Math.max(length, this.#symbols.length * 2);
    this.#symbols = new Int32Array(size);
    this.#starts = new Int32Array(size);
    this.#ends = new Int32Array(size);
    this.#pairRanks = new Int32Array(size);
  }
}

const MAX_RANK = 0x7fffffff;

/** Of ranks below 2^22 and places below 2^31 the combination is an exact float64. */
const PLACES = 2 ** 31;

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
  for (const piece of pieces) {
    if (piece === undefined) continue;
    for (let at = piece.indexOf(mark, 1); at > 0; at = piece.indexOf(mark, at + 1))
      isFollowedBy.add(piece.charCodeAt(at - 1));
  }
  // A symbol for unknown characters or bytes could be in a merge too; the unit before the mark then isn't the symbol's.
  const unknown = options.unknown === undefined ? undefined : pieces[options.unknown];
  const standIns = options.byteFallback ? [unknown, FALLBACK_PIECES[0]] : [unknown];
  if (standIns.some((piece) => piece !== undefined && isFollowedBy.has(piece.charCodeAt(piece.length - 1))))
    return undefined;
  return { unit: mark.charCodeAt(0), isFollowedBy };
}

function nextCut({ unit, isFollowedBy }: WordMark, text: string, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    if (text.charCodeAt(at) === unit && !isFollowedBy.has(text.charCodeAt(at - 1))) return at;
  }
  return end;
}

function byteLevelWord(text: string, start: number, end: number): string {
  let word = "";
  for (let i = start; i < end; ) {
    const code = text.codePointAt(i)!;
    for (const byte of utf8(code)) word += BYTE_CHARACTERS[byte];
    i += code > 0xffff ? 2 : 1;
  }
  return word;
}

function pushHeap(heap: number[], key: number): void {
  let at = heap.length;
  heap.push(key);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= key) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = key;
}

function popHeap(heap: number[]): number {
  const top = heap[0]!;
  const key = heap.pop()!;
  const size = heap.length;
  if (size === 0) return top;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= key) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = key;
  return top;
}
