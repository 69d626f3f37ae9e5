import { characterLength } from "../t5/utf8.js";
import { type DoubleArray, longestKey } from "../tries/double-array.js";
import { findPiece, type PieceTrie } from "../tries/piece-trie.js";
import type { Segmenter } from "./segmenter.js";
import { WordCache } from "./word-cache.js";

export type BpeVocabulary = {
  /** The pieces that are found in text. */
  readonly trie: PieceTrie;
  readonly scores: Float32Array;
  readonly unknown: number;
  /** Texts that are never cut nor merged. */
  readonly userDefined: DoubleArray;
  /** Pieces that are made in merging but don't stay: they are cut again into what they were made of. */
  readonly isUnused: (id: number) => boolean;
  /** Whether words can be merged one by one. */
  readonly isCutAtSpaces: boolean;
};

/** Passes over a merge with probability `rate`; `random` gives numbers from 0 to below 1. */
export type MergeDropout = { readonly rate: number; readonly random: () => number };

/**
 * SentencePiece's byte pair encoding: of all neighbours that make a piece, those with the highest score are merged, the
 * leftmost first, until none are left.
 */
export class ScoredBpe implements Segmenter {
  readonly #vocabulary: BpeVocabulary;
  readonly #cache: WordCache | undefined;
  /** For each id, how many different scores are higher. */
  #ranks: Int32Array | undefined;

  constructor(vocabulary: BpeVocabulary) {
    this.#vocabulary = vocabulary;
    if (vocabulary.isCutAtSpaces) this.#cache = new WordCache();
  }

  segment(bytes: Uint8Array, length: number, ids: number[], ends?: number[], dropout?: MergeDropout): void {
    const cache = this.#cache;
    if (cache === undefined || dropout !== undefined) {
      this.#merge(bytes, 0, length, ids, ends ?? [], dropout);
      return;
    }
    for (let start = 0; start < length; ) {
      const end = cache.findWord(bytes, start, length);
      let word = cache.look(bytes, start, end);
      if (word < 0) {
        const wordIds: number[] = [];
        const wordEnds: number[] = [];
        this.#merge(bytes, start, end, wordIds, wordEnds, undefined);
        if (end - start <= WordCache.MAX_BYTES) {
          word = cache.add(
            bytes,
            start,
            end,
            wordIds,
            wordEnds.map((each) => each - start),
            Number.POSITIVE_INFINITY,
          );
        } else {
          for (const id of wordIds) ids.push(id);
          if (ends !== undefined) for (const each of wordEnds) ends.push(each);
        }
      }
      if (word >= 0) {
        const from = cache.firstOf(word);
        const to = from + cache.countOf(word);
        for (let i = from; i < to; i++) ids.push(cache.ids[i]!);
        if (ends !== undefined) for (let i = from; i < to; i++) ends.push(start + cache.ends[i]!);
      }
      start = end;
    }
  }

  #merge(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: number[],
    ends: number[],
    dropout: MergeDropout | undefined,
  ): void {
    const { trie, isUnused } = this.#vocabulary;
    this.#ranks ??= ranksOf(this.#vocabulary.scores);
    const ranks = this.#ranks;
    const symbols = this.#split(bytes, start, end);
    const { starts, stops, previous, next, isFrozen } = symbols;
    const candidates = new CandidateHeap();
    // Where a piece that doesn't stay was last seen to be made of two: by its id, the length of the first.
    const cuts = new Map<number, number>();
    const consider = (left: number, right: number): void => {
      if (left < 0 || right < 0 || isFrozen[left] === 1 || isFrozen[right] === 1) return;
      const id = findPiece(trie, bytes, starts[left]!, stops[right]!);
      if (id < 0) return;
      candidates.push(ranks[id]!, left, stops[right]! - starts[left]!);
      if (isUnused(id)) cuts.set(id, stops[left]! - starts[left]!);
    };
    for (let right = 1; right < symbols.count; right++) consider(right - 1, right);
    while (candidates.pop()) {
      const { left, length } = candidates;
      const right = next[left]!;
      // What was considered is gone when one of the two was merged with another; a merged symbol's stop is its start.
      if (right < 0 || stops[left] === starts[left] || stops[right]! - starts[left]! !== length) continue;
      if (dropout !== undefined && dropout.random() < dropout.rate) continue;
      stops[left] = stops[right]!;
      stops[right] = starts[right]!;
      next[left] = next[right]!;
      if (next[left]! >= 0) previous[next[left]!] = left;
      consider(previous[left]!, left);
      consider(left, next[left]!);
    }
    for (let symbol = symbols.count === 0 ? -1 : 0; symbol >= 0; symbol = next[symbol]!) {
      this.#append(bytes, starts[symbol]!, stops[symbol]!, cuts, ids, ends);
    }
  }

  /** The characters, and the user-defined pieces as they are. */
  #split(bytes: Uint8Array, start: number, end: number): Symbols {
    const starts = new Int32Array(end - start);
    const stops = new Int32Array(end - start);
    const isFrozen = new Uint8Array(end - start);
    let count = 0;
    for (let at = start; at < end; count++) {
      const kept = longestKey(this.#vocabulary.userDefined, bytes, at, end);
      isFrozen[count] = kept > 0 ? 1 : 0;
      starts[count] = at;
      at = Math.min(kept > 0 ? at + kept : at + characterLength(bytes[at]!), end);
      stops[count] = at;
    }
    const previous = new Int32Array(count);
    const next = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < count ? i + 1 : -1;
    }
    return { starts, stops, previous, next, isFrozen, count };
  }

  #append(
    bytes: Uint8Array,
    start: number,
    end: number,
    cuts: ReadonlyMap<number, number>,
    ids: number[],
    ends: number[],
  ): void {
    const id = findPiece(this.#vocabulary.trie, bytes, start, end);
    const cut = id >= 0 && this.#vocabulary.isUnused(id) ? cuts.get(id) : undefined;
    if (cut === undefined) {
      ids.push(id < 0 ? this.#vocabulary.unknown : id);
      ends.push(end);
    } else {
      this.#append(bytes, start, start + cut, cuts, ids, ends);
      this.#append(bytes, start + cut, end, cuts, ids, ends);
    }
  }
}

/** A text's symbols as a linked list: the bytes of each, its neighbours (-1 for none), and whether it can be merged. */
type Symbols = {
  readonly starts: Int32Array;
  readonly stops: Int32Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
  readonly isFrozen: Uint8Array;
  readonly count: number;
};

function ranksOf(scores: Float32Array): Int32Array {
  const ranks = new Map<number, number>();
  for (const score of scores.slice().sort().reverse()) if (!ranks.has(score)) ranks.set(score, ranks.size);
  return Int32Array.from(scores, (score) => ranks.get(score)!);
}

/** Possible merges, the lowest rank first and the leftmost among equals. */
class CandidateHeap {
  /** What `pop` took out: the left symbol, and the length of both together in bytes. */
  left = 0;
  length = 0;
  /** The rank times 2^31 plus the left symbol. */
  readonly #keys: number[] = [];
  readonly #lengths: number[] = [];

  push(rank: number, left: number, length: number): void {
    const keys = this.#keys;
    const lengths = this.#lengths;
    const key = rank * LEFTS + left;
    let at = keys.length;
    keys.push(key);
    lengths.push(length);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      lengths[at] = lengths[parent]!;
      at = parent;
    }
    keys[at] = key;
    lengths[at] = length;
  }

  /** Takes out the first; false if there is none. */
  pop(): boolean {
    const keys = this.#keys;
    const lengths = this.#lengths;
    if (keys.length === 0) return false;
    this.left = keys[0]! % LEFTS;
    this.length = lengths[0]!;
    const key = keys.pop()!;
    const length = lengths.pop()!;
    const count = keys.length;
    if (count === 0) return true;
    let at = 0;
    for (let child = 1; child < count; child = at * 2 + 1) {
      if (child + 1 < count && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[at] = keys[child]!;
      lengths[at] = lengths[child]!;
      at = child;
    }
    keys[at] = key;
    lengths[at] = length;
    return true;
  }
}

const LEFTS = 2 ** 31;
