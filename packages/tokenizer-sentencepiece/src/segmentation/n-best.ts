import { buildLattice, type Lattice } from "./lattice.js";
import type { UnigramVocabulary } from "./unigram.js";

/** Pieces of a text: their ids, the byte where each ends, and the sum of their scores. */
export type ScoredPieces = { readonly ids: number[]; readonly ends: number[]; readonly score: number };

/**
 * The `count` best ways to make a text of pieces, the best first.
 *
 * A* from the end of the text: what is left to the start is known exactly from Viterbi's algorithm, so that whole texts
 * come out in order. Sums are in single precision, and equal ones come out of the heap in the order in which those of
 * the GNU C++ library do, so that the list is SentencePiece's.
 */
export function nBest(vocabulary: UnigramVocabulary, bytes: Uint8Array, length: number, count: number): ScoredPieces[] {
  const lattice = buildLattice(vocabulary, bytes, length);
  const { begins, ids, scores, endings, endsBefore } = lattice;
  const best = bestScores(lattice);
  const found: ScoredPieces[] = [];
  let paths: Paths = { nodes: [], nexts: [], totals: [], bounds: [] };
  let agenda = new Agenda(paths.bounds);
  const open = (node: number, next: number, total: number, bound: number): void => {
    paths.nodes.push(node);
    paths.nexts.push(next);
    paths.totals.push(total);
    paths.bounds.push(bound);
    agenda.push(paths.nodes.length - 1);
  };
  open(END, -1, 0, 0);
  for (let top = agenda.pop(); top !== undefined; top = agenda.pop()) {
    const node = paths.nodes[top]!;
    if (node === START) {
      const pieces: ScoredPieces = { ids: [], ends: [], score: paths.bounds[top]! };
      for (let path = paths.nexts[top]!; paths.nodes[path] !== END; path = paths.nexts[path]!) {
        const next = paths.nodes[paths.nexts[path]!]!;
        pieces.ids.push(ids[paths.nodes[path]!]!);
        pieces.ends.push(next === END ? length : begins[next]!);
      }
      found.push(pieces);
      if (found.length === count) break;
      continue;
    }
    const begin = node === END ? length : begins[node]!;
    const total = paths.totals[top]!;
    for (let i = endsBefore[begin]!; i < endsBefore[begin + 1]!; i++) {
      const left = endings[i]!;
      open(left, top, Math.fround(scores[left]! + total), Math.fround(best[left]! + total));
    }
    if (agenda.size >= MAX_AGENDA) {
      const kept = keepPaths(paths, agenda.take(Math.min(MIN_AGENDA, count * 10)));
      paths = kept.paths;
      agenda = new Agenda(paths.bounds);
      for (const path of kept.heads) agenda.push(path);
    }
  }
  return found;
}

const START = 0;
const END = -1;

// As in SentencePiece, since they decide which texts are lost when there are too many.
const MAX_AGENDA = 10_000;
const MIN_AGENDA = 512;

/** Of each node, the highest sum of scores from the start to its end. */
function bestScores({ begins, scores, endings, endsBefore }: Lattice): Float32Array {
  const best = new Float32Array(begins.length);
  for (let node = 1; node < begins.length; node++) {
    const begin = begins[node]!;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = endsBefore[begin]!; i < endsBefore[begin + 1]!; i++) {
      highest = Math.max(highest, Math.fround(best[endings[i]!]! + scores[node]!));
    }
    best[node] = highest;
  }
  return best;
}

/** Ends of the text that were looked at: the first node of each, the shorter end after it, its score, and with the best start. */
type Paths = {
  readonly nodes: number[];
  readonly nexts: number[];
  readonly totals: number[];
  readonly bounds: number[];
};

/** Only `heads` and what they lead to. */
function keepPaths(paths: Paths, heads: readonly number[]): { paths: Paths; heads: number[] } {
  const kept: Paths = { nodes: [], nexts: [], totals: [], bounds: [] };
  const places = new Map<number, number>([[-1, -1]]);
  const keep = (head: number): number => {
    const chain: number[] = [];
    let path = head;
    for (; !places.has(path); path = paths.nexts[path]!) chain.push(path);
    for (let i = chain.length - 1; i >= 0; i--) {
      const each = chain[i]!;
      kept.nodes.push(paths.nodes[each]!);
      kept.nexts.push(places.get(paths.nexts[each]!)!);
      kept.totals.push(paths.totals[each]!);
      kept.bounds.push(paths.bounds[each]!);
      places.set(each, kept.nodes.length - 1);
    }
    return places.get(head)!;
  };
  return { heads: heads.map(keep), paths: kept };
}

/** A binary heap, the highest bound first. Going down it takes the larger child to the bottom, then comes up again. */
class Agenda {
  readonly #bounds: readonly number[];
  readonly #heap: number[] = [];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#heap.length;
  }

  push(path: number): void {
    this.#heap.push(path);
    this.#rise(this.#heap.length - 1, path);
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    const length = heap.length;
    let hole = 0;
    for (let child = 2; child < length; child = hole * 2 + 2) {
      if (this.#bounds[heap[child]!]! < this.#bounds[heap[child - 1]!]!) child--;
      heap[hole] = heap[child]!;
      hole = child;
    }
    if (hole * 2 + 2 === length) {
      heap[hole] = heap[length - 1]!;
      hole = length - 1;
    }
    this.#rise(hole, last);
    return top;
  }

  take(count: number): number[] {
    const taken: number[] = [];
    while (taken.length < count && this.size > 0) taken.push(this.pop()!);
    return taken;
  }

  #rise(hole: number, path: number): void {
    const heap = this.#heap;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#bounds[heap[parent]!]! >= this.#bounds[path]!) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = path;
  }
}
