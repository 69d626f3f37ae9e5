import { Heap } from "./heap.js";
import { PairTable } from "./pair-table.js";

/** Different words, spelled in symbols, with how often each occurs. */
export type SpelledCorpus = {
  /** The symbols of all words, one word after the other. */
  readonly symbols: Int32Array;
  /** Where each word ends in `symbols`. */
  readonly ends: Int32Array;
  readonly counts: Float64Array;
};

/** Two symbols that become a new one, and how often they stood side by side. */
export type Merge = { readonly left: number; readonly right: number; readonly count: number };

/**
 * Finds merges one by one: always the most frequent pair; among equals the one with the lower left symbol, then with
 * the lower right one (Sennrich et al. 2016; ties as in Hugging Face's trainer).
 *
 * Counts are kept up to date where a merge changes the words, so that a step costs what it changes. A pair's places are
 * a list in the order of the text; places that have changed since are passed over.
 */
export class MergeTrainer {
  readonly #minFrequency: number;
  #nextSymbol: number;

  // Of each place in the corpus: its symbol (-1 once merged into the one before), its neighbours, its word's count.
  readonly #symbols: Int32Array;
  readonly #nexts: Int32Array;
  readonly #previous: Int32Array;
  readonly #wordOf: Int32Array;
  readonly #wordCounts: Float64Array;

  // Of each pair: what it is, its count, the count it's queued with, its list of places.
  readonly #pairs: PairTable = new PairTable(1 << 14);
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #counts: number[] = [];
  readonly #queuedCounts: number[] = [];
  readonly #firstPlaces: number[] = [];
  readonly #lastPlaces: number[] = [];

  readonly #places: number[] = [];
  readonly #nextPlaces: number[] = [];
  readonly #queued: Heap = new Heap((a, b) => this.#isBefore(a, b));

  /** `symbolCount`: symbols are below it, and the first merge makes a symbol of that number. */
  constructor(corpus: SpelledCorpus, symbolCount: number, minFrequency: number) {
    this.#minFrequency = minFrequency;
    this.#nextSymbol = symbolCount;
    const size = corpus.symbols.length;
    this.#symbols = corpus.symbols.slice();
    this.#nexts = new Int32Array(size);
    this.#previous = new Int32Array(size);
    this.#wordOf = new Int32Array(size);
    this.#wordCounts = corpus.counts;
    for (let word = 0, start = 0; word < corpus.ends.length; word++) {
      const end = corpus.ends[word]!;
      for (let at = start; at < end; at++) {
        this.#wordOf[at] = word;
        this.#previous[at] = at === start ? -1 : at - 1;
        this.#nexts[at] = at + 1 === end ? -1 : at + 1;
        if (at > start) this.#addPair(at - 1, this.#symbols[at - 1]!, this.#symbols[at]!, corpus.counts[word]!);
      }
      start = end;
    }
    for (let pair = 0; pair < this.#pairs.size; pair++) this.#queue(pair);
  }

  /** Makes the next merge, if a pair is left that's frequent enough and that `isAllowed` lets become a symbol. */
  next(isAllowed: (left: number, right: number) => boolean): Merge | undefined {
    for (;;) {
      const pair = this.#queued.pop();
      if (pair === undefined) return undefined;
      const count = this.#counts[pair]!;
      if (count < this.#queuedCounts[pair]!) {
        this.#queue(pair);
        continue;
      }
      const left = this.#lefts[pair]!;
      const right = this.#rights[pair]!;
      if (!isAllowed(left, right)) continue;
      this.#merge(pair, left, right);
      return { left, right, count };
    }
  }

  #merge(pair: number, left: number, right: number): void {
    const symbols = this.#symbols;
    const merged = this.#nextSymbol++;
    const firstNew = this.#pairs.size;
    for (let place = this.#firstPlaces[pair]!; place >= 0; place = this.#nextPlaces[place]!) {
      const at = this.#places[place]!;
      const second = this.#nexts[at]!;
      if (symbols[at] !== left || second < 0 || symbols[second] !== right) continue;
      const count = this.#wordCounts[this.#wordOf[at]!]!;
      const before = this.#previous[at]!;
      const after = this.#nexts[second]!;
      symbols[at] = merged;
      symbols[second] = -1;
      this.#nexts[at] = after;
      if (before >= 0) {
        this.#counts[this.#pairs.find(symbols[before]!, left)]! -= count;
        this.#addPair(before, symbols[before]!, merged, count);
      }
      if (after >= 0) {
        this.#previous[after] = at;
        this.#counts[this.#pairs.find(right, symbols[after]!)]! -= count;
        this.#addPair(at, merged, symbols[after]!, count);
      }
    }
    for (let added = firstNew; added < this.#pairs.size; added++) this.#queue(added);
  }

  #addPair(at: number, left: number, right: number, count: number): void {
    const place = this.#places.length;
    this.#places.push(at);
    this.#nextPlaces.push(-1);
    const size = this.#pairs.size;
    const pair = this.#pairs.intern(left, right);
    if (pair === size) {
      this.#lefts.push(left);
      this.#rights.push(right);
      this.#counts.push(count);
      this.#queuedCounts.push(0);
      this.#firstPlaces.push(place);
      this.#lastPlaces.push(place);
      return;
    }
    this.#counts[pair]! += count;
    this.#nextPlaces[this.#lastPlaces[pair]!] = place;
    this.#lastPlaces[pair] = place;
  }

  #queue(pair: number): void {
    const count = this.#counts[pair]!;
    if (count < this.#minFrequency || count < 1) return;
    this.#queuedCounts[pair] = count;
    this.#queued.push(pair);
  }

  #isBefore(a: number, b: number): boolean {
    const byCount = this.#queuedCounts[b]! - this.#queuedCounts[a]!;
    if (byCount !== 0) return byCount < 0;
    const byLeft = this.#lefts[a]! - this.#lefts[b]!;
    return byLeft !== 0 ? byLeft < 0 : this.#rights[a]! < this.#rights[b]!;
  }
}
