import { characterLength } from "../t5/utf8.js";
import { hasValue, LABEL_MASK, offsetOf, TAIL } from "../tries/double-array.js";
import type { PieceTrie } from "../tries/piece-trie.js";
import type { Segmenter } from "./segmenter.js";
import { WordCache } from "./word-cache.js";

/** What a unigram model needs to find the best pieces of a text. */
export type UnigramVocabulary = {
  /** The pieces that are found in text. */
  readonly trie: PieceTrie;
  /** For each id, what the piece adds to the score of a text. */
  readonly scores: Float64Array;
  /** The same where all pieces of a text are looked at, for the n best and for sampling: only user-defined ones differ. */
  readonly latticeScores: Float64Array;
  /** The id and the score of a character that no piece has. */
  readonly unknown: number;
  readonly unknownScore: number;
  /** Whether sums are rounded to 32 bits, as SentencePiece's are. Where two texts are equally good, the rounding decides. */
  readonly isSinglePrecision: boolean;
  /** Whether no piece reaches across the beginning of a `▁`, so that words don't depend on each other. */
  readonly isCutAtSpaces: boolean;
};

/**
 * Finds the pieces with the highest sum of scores: Viterbi's algorithm on the bytes of a text.
 *
 * Of equal sums, the one that was found first stays; pieces are tried from where they begin, the shortest first.
 */
export class Unigram implements Segmenter {
  readonly #vocabulary: UnigramVocabulary;
  readonly #cache: WordCache = new WordCache();
  // For each byte, of the best pieces that end before it: their score, where the last one begins and which it is; and
  // the score of the second best, where that is asked for.
  #best: Float64Array = new Float64Array(256);
  #second: Float64Array = new Float64Array(256);
  #from: Int32Array = new Int32Array(256);
  #ids: Int32Array = new Int32Array(256);
  #largest = 0;

  constructor(vocabulary: UnigramVocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Appends the ids of `bytes[0, length)`, and where the pieces end if `ends` is given. */
  segment(bytes: Uint8Array, length: number, ids: number[], ends?: number[]): void {
    if (!this.#vocabulary.isCutAtSpaces) {
      this.#segmentExactly(bytes, 0, length, 0, ids, ends);
      return;
    }
    let score = 0;
    for (let start = 0; start < length; ) {
      const end = this.#cache.findWord(bytes, start, length);
      score = this.#segmentKnown(bytes, start, end, score, ids, ends);
      start = end;
    }
  }

  /** As `segment`, of a word by itself. */
  segmentWord(bytes: Uint8Array, start: number, end: number, ids: number[], ends?: number[]): void {
    this.#cache.setWord(bytes, start, end);
    this.#segmentKnown(bytes, start, end, 0, ids, ends);
  }

  /** Appends the pieces of the word that the cache looks at. Returns the score up to `end`, when that up to `start` is `score`. */
  #segmentKnown(
    bytes: Uint8Array,
    start: number,
    end: number,
    score: number,
    ids: number[],
    ends: number[] | undefined,
  ): number {
    const cache = this.#cache;
    let word = cache.look(bytes, start, end);
    if (word < 0 && end - start <= WordCache.MAX_BYTES) word = this.#learn(bytes, start, end);
    if (word < 0 || !(Math.abs(score) < cache.limitOf(word))) {
      return this.#segmentExactly(bytes, start, end, score, ids, ends);
    }
    const { scores, isSinglePrecision } = this.#vocabulary;
    const from = cache.firstOf(word);
    const to = from + cache.countOf(word);
    for (let i = from; i < to; i++) {
      const id = cache.ids[i]!;
      ids.push(id);
      if (isSinglePrecision) score = Math.fround(score + scores[id]!);
    }
    if (ends !== undefined) for (let i = from; i < to; i++) ends.push(start + cache.ends[i]!);
    return score;
  }

  /**
   * Finds the pieces of a word by itself, and up to which score before the word they are certain to be its pieces.
   *
   * In single precision the score of all that comes before decides by how much a sum is rounded. Every sum is off by at
   * most `steps` roundings; as long as that is less than half of the smallest lead, the same pieces win.
   */
  #learn(bytes: Uint8Array, start: number, end: number): number {
    this.#search(bytes, start, end, 0, false, true);
    const ids: number[] = [];
    const ends: number[] = [];
    this.#trace(end - start, 0, ids, ends);
    let lead = Number.POSITIVE_INFINITY;
    for (const place of ends) lead = Math.min(lead, this.#best[place]! - this.#second[place]!);
    const steps = end - start + 2;
    const { isSinglePrecision } = this.#vocabulary;
    const limit = isSinglePrecision ? lead / (2 * steps * HALF_ULP) - this.#largest : Number.POSITIVE_INFINITY;
    return this.#cache.add(bytes, start, end, ids, ends, limit);
  }

  /** Returns the score of the pieces up to `end`, when that of those up to `start` is `score`. */
  #segmentExactly(
    bytes: Uint8Array,
    start: number,
    end: number,
    score: number,
    ids: number[],
    ends: number[] | undefined,
  ): number {
    this.#search(bytes, start, end, score, this.#vocabulary.isSinglePrecision, false);
    this.#trace(end - start, start, ids, ends);
    const total = this.#best[end - start]!;
    if (this.#best.length > MAX_KEPT) this.#makeRoom(256);
    return total;
  }

  #search(bytes: Uint8Array, start: number, end: number, score: number, rounds: boolean, seeksSecond: boolean): void {
    const { trie, scores, unknown, unknownScore } = this.#vocabulary;
    if (this.#best.length <= end - start) this.#makeRoom((end - start + 1) * 2);
    const best = this.#best;
    const second = this.#second;
    const from = this.#from;
    const ids = this.#ids;
    const { units, pieces, starts } = trie;
    const rootOffset = offsetOf(units[0]!);
    let largest = 0;
    from.fill(-1, 0, end - start + 1);
    best[0] = score;
    for (let at = start; at < end; ) {
      const before = best[at - start]!;
      const next = Math.min(at + characterLength(bytes[at]!), end);
      let hasCharacter = false;
      let place = 0;
      let offset = rootOffset;
      for (let i = at; i < end; ) {
        const byte = bytes[i++]!;
        place ^= offset ^ byte;
        const unit = units[place]!;
        if ((unit & LABEL_MASK) !== byte) break;
        offset = offsetOf(unit);
        if (!hasValue(unit)) continue;
        let id = units[place ^ offset]! & 0x7fffffff;
        if (id >= TAIL) {
          id -= TAIL;
          let from = starts[id]! + i - at;
          let expected = pieces[from]!;
          for (; expected !== 0 && i < end && bytes[i] === expected; i++) expected = pieces[++from]!;
          if (expected !== 0) break;
        }
        // Not rounded before it's compared: the reference adds in double precision and keeps single.
        const sum = before + scores[id]!;
        const to = i - start;
        if (seeksSecond) {
          largest = Math.max(largest, Math.abs(sum));
          if (from[to]! < 0) second[to] = Number.NEGATIVE_INFINITY;
          else second[to] = Math.max(second[to]!, Math.min(best[to]!, sum));
        }
        if (from[to]! < 0 || sum > best[to]!) {
          best[to] = rounds ? Math.fround(sum) : sum;
          from[to] = at - start;
          ids[to] = id;
        }
        if (i === next) hasCharacter = true;
      }
      if (!hasCharacter) {
        const sum = rounds ? Math.fround(before + unknownScore) : before + unknownScore;
        const to = next - start;
        if (seeksSecond) {
          largest = Math.max(largest, Math.abs(sum));
          if (from[to]! < 0) second[to] = Number.NEGATIVE_INFINITY;
          else second[to] = Math.max(second[to]!, Math.min(best[to]!, sum));
        }
        if (from[to]! < 0 || sum > best[to]!) {
          best[to] = sum;
          from[to] = at - start;
          ids[to] = unknown;
        }
      }
      at = next;
    }
    this.#largest = largest;
  }

  /** Appends the best pieces up to byte `length` of what was searched. */
  #trace(length: number, start: number, ids: number[], ends: number[] | undefined): void {
    const first = ids.length;
    const firstEnd = ends?.length ?? 0;
    const from = this.#from;
    const lastIds = this.#ids;
    for (let at = length; at > 0; at = from[at]!) {
      ids.push(lastIds[at]!);
      if (ends !== undefined) ends.push(start + at);
    }
    reverseFrom(ids, first);
    if (ends !== undefined) reverseFrom(ends, firstEnd);
  }

  #makeRoom(size: number): void {
    this.#best = new Float64Array(size);
    this.#second = new Float64Array(size);
    this.#from = new Int32Array(size);
    this.#ids = new Int32Array(size);
  }
}

/** The largest relative error of a number that was rounded to 32 bits. */
const HALF_ULP = 2 ** -24;

/** Arrays for longer texts aren't kept. */
const MAX_KEPT = 1 << 20;

function reverseFrom(list: number[], start: number): void {
  for (let i = start, j = list.length - 1; i < j; i++, j--) {
    const swapped = list[i]!;
    list[i] = list[j]!;
    list[j] = swapped;
  }
}
