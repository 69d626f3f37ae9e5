import { type MergeQueue, openMergeQueue } from "./merge-queue.js";
import { PairTable } from "./pair-table.js";

/** BPE-dropout (Provilkov et al. 2020): each merge is passed over with probability `rate`; `random` draws from [0, 1). */
export type BpeDropout = { readonly rate: number; readonly random: () => number };

/** Up to this many symbols the first merge is found by looking at all pairs, beyond that by a queue. */
const LONGEST_SCANNED = 128;

/** Merges the symbols of one word: the earliest merge that applies, leftmost first, again and again. */
export class WordMerger {
  /** The symbols of the word at hand, and where in the text each begins and ends. */
  symbols: Int32Array = new Int32Array(256);
  starts: Int32Array = new Int32Array(256);
  ends: Int32Array = new Int32Array(256);
  /** The number of the merge of each symbol with the next, or -1. */
  #ranks: Int32Array = new Int32Array(256);
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

  /** Makes room for a word of so many symbols; what was there is lost. */
  reserve(length: number): void {
    if (length <= this.symbols.length) return;
    this.symbols = new Int32Array(length * 2);
    this.starts = new Int32Array(length * 2);
    this.ends = new Int32Array(length * 2);
    this.#ranks = new Int32Array(length * 2);
  }

  /** Merges the first `length` symbols, and returns how many are left. */
  merge(length: number, dropout?: BpeDropout): number {
    return length > LONGEST_SCANNED || dropout !== undefined
      ? this.#mergeByQueue(length, dropout)
      : this.#mergeByScan(length);
  }

  /** The number of the merge of two symbols, or -1. */
  #rank(at: number, next: number): number {
    return this.#pairs.find(this.symbols[at]!, this.symbols[next]!);
  }

  #mergeByScan(length: number): number {
    const { symbols, starts, ends } = this;
    const ranks = this.#ranks;
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
      ends[best] = ends[best + 1]!;
      length--;
      for (let i = best + 1; i < length; i++) {
        symbols[i] = symbols[i + 1]!;
        starts[i] = starts[i + 1]!;
        ends[i] = ends[i + 1]!;
        ranks[i] = ranks[i + 1]!;
      }
      if (best > 0) ranks[best - 1] = this.#rank(best - 1, best);
      if (best + 1 < length) ranks[best] = this.#rank(best, best + 1);
    }
    return length;
  }

  /** In the same order as the scan, but in O(n log n): a hundred thousand equal letters take no longer than others. */
  #mergeByQueue(length: number, dropout?: BpeDropout): number {
    const { symbols, starts, ends } = this;
    const nexts = new Int32Array(length);
    const previous = new Int32Array(length);
    this.#queue ??= openMergeQueue(this.#merged.length);
    const { reset, put, pop } = this.#queue;
    reset(length);
    const rank = (at: number): number => (nexts[at]! < length ? this.#rank(at, nexts[at]!) : -1);
    for (let i = 0; i < length; i++) {
      nexts[i] = i + 1;
      previous[i] = i - 1;
      put(i, rank(i));
    }
    const passedOver: number[] = [];
    for (let at = pop(); at !== undefined; at = pop()) {
      if (dropout !== undefined && dropout.random() < dropout.rate) {
        passedOver.push(at);
        continue;
      }
      // From the right, so that the list stays sorted.
      for (let other = passedOver.pop(); other !== undefined; other = passedOver.pop()) put(other, rank(other));
      const next = nexts[at]!;
      symbols[at] = this.#merged[rank(at)]!;
      ends[at] = ends[next]!;
      put(next, -1);
      nexts[at] = nexts[next]!;
      if (nexts[at]! < length) previous[nexts[at]!] = at;
      put(at, rank(at));
      const before = previous[at]!;
      if (before >= 0) put(before, rank(before));
    }
    let kept = 0;
    for (let i = 0; i < length; i = nexts[i]!) {
      symbols[kept] = symbols[i]!;
      starts[kept] = starts[i]!;
      ends[kept++] = ends[i]!;
    }
    return kept;
  }
}
