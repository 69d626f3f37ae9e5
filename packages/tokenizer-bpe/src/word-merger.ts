import { type MergeQueue, openMergeQueue } from "./merge-queue.js";
import { PairTable } from "./pair-table.js";
import type { SpelledText } from "./spelled-text.js";

/** BPE-dropout (Provilkov et al. 2020): each merge is passed over with probability `rate`; `random` draws from [0, 1). */
export type BpeDropout = { readonly rate: number; readonly random: () => number };

/** Up to this many symbols the first merge is found by looking at all pairs, beyond that by a queue. */
const LONGEST_SCANNED = 64;

/** Merges the symbols of one word: the earliest merge that applies, leftmost first, again and again. */
export class WordMerger {
  /** The symbols of the word at hand. */
  symbols: Int32Array = new Int32Array(0);
  /** Which of the unmerged symbols is the first in each; after the last, how many there were. */
  firsts: Int32Array = new Int32Array(0);
  /** The number of the merge of each symbol with the next, or -1. */
  #ranks: Int32Array = new Int32Array(0);
  /** Of each symbol in a long word: the next one and the one before. */
  #nexts: Int32Array = new Int32Array(0);
  #previous: Int32Array = new Int32Array(0);
  readonly #pairs: PairTable; // the number of a pair is its merge's
  readonly #merged: Int32Array; // what each merge makes
  #queue: MergeQueue | undefined; // made for the first long word

  /** `merges`: left part, right part and result of each, the first merge first; no pair of parts twice. */
  constructor(merges: Int32Array) {
    this.#pairs = new PairTable(merges.length / 3);
    this.#merged = new Int32Array(merges.length / 3);
    for (let i = 0; i < merges.length; i += 3) {
      this.#merged[this.#pairs.intern(merges[i]!, merges[i + 1]!)] = merges[i + 2]!;
    }
  }

  /** Merges the ids of a word, and returns how many are left in `symbols`. */
  merge(word: SpelledText, dropout?: BpeDropout): number {
    const { items, length } = word;
    if (length >= this.symbols.length) {
      const array = (): Int32Array => new Int32Array(length * 2 + 1);
      this.symbols = array();
      this.firsts = array();
      this.#ranks = array();
      this.#nexts = array();
      this.#previous = array();
    }
    for (let i = 0; i < length; i++) this.symbols[i] = items[i * 4]!;
    return length > LONGEST_SCANNED || dropout !== undefined
      ? this.#mergeByQueue(length, dropout)
      : this.#mergeByScan(length);
  }

  /** The number of the merge of two symbols, or -1. */
  #rank(at: number, next: number): number {
    return this.#pairs.find(this.symbols[at]!, this.symbols[next]!);
  }

  #mergeByScan(length: number): number {
    const { symbols, firsts } = this;
    const ranks = this.#ranks;
    for (let i = 0; i < length; i++) firsts[i] = i;
    firsts[length] = length;
    for (let i = 0; i + 1 < length; i++) ranks[i] = this.#rank(i, i + 1);
    while (length > 1) {
      let best = -1;
      let bestRank = this.#merged.length;
      for (let i = 0; i + 1 < length; i++) {
        const rank = ranks[i]!;
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) break;
      symbols[best] = this.#merged[bestRank]!;
      length--;
      for (let i = best + 1; i < length; i++) {
        symbols[i] = symbols[i + 1]!;
        firsts[i] = firsts[i + 1]!;
        ranks[i] = ranks[i + 1]!;
      }
      firsts[length] = firsts[length + 1]!;
      if (best > 0) ranks[best - 1] = this.#rank(best - 1, best);
      if (best + 1 < length) ranks[best] = this.#rank(best, best + 1);
    }
    return length;
  }

  /** In the same order as the scan, but in O(n log n): a hundred thousand equal letters take no longer than others. */
  #mergeByQueue(length: number, dropout?: BpeDropout): number {
    const { symbols, firsts } = this;
    const ranks = this.#ranks;
    const nexts = this.#nexts;
    const previous = this.#previous;
    this.#queue ??= openMergeQueue(this.#merged.length);
    const { reset, put, pop } = this.#queue;
    reset(length);
    const update = (at: number): void => {
      const next = nexts[at]!;
      put(at, (ranks[at] = next < length ? this.#rank(at, next) : -1));
    };
    for (let i = 0; i < length; i++) {
      nexts[i] = i + 1;
      previous[i] = i - 1;
      update(i);
    }
    const passedOver: number[] = [];
    for (let at = pop(); at !== undefined; at = pop()) {
      if (dropout !== undefined && dropout.random() < dropout.rate) {
        passedOver.push(at);
        continue;
      }
      // From the right, so that the list stays sorted.
      for (let other = passedOver.pop(); other !== undefined; other = passedOver.pop()) put(other, ranks[other]!);
      const next = nexts[at]!;
      symbols[at] = this.#merged[ranks[at]!]!;
      put(next, -1);
      nexts[at] = nexts[next]!;
      if (nexts[at]! < length) previous[nexts[at]!] = at;
      update(at);
      if (at > 0) update(previous[at]!);
    }
    let kept = 0;
    for (let i = 0; i < length; i = nexts[i]!) {
      symbols[kept] = symbols[i]!;
      firsts[kept++] = i;
    }
    firsts[kept] = length;
    return kept;
  }
}
