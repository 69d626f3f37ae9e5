import type { DoubleArray } from "./double-array.js";
import { firstsOfKind, type LinkedTrie, linkNodes } from "./linked-trie.js";

export type DoubleArrayOptions = {
  /** Whether nodes that lead to the same share what follows: a smaller trie, in several times the time. */
  readonly sharesEndings?: boolean;
  /** Called with the value of a key that was there before. */
  readonly onRepeat?: (value: number) => void;
};

/**
 * Builds the trie of keys. Of keys that are equal the last counts; empty ones aren't put in.
 *
 * @param keys The bytes of each key, followed by a 0 byte.
 * @param values The value of each key, from 0 to 2^31 - 2, or `NO_KEY` to leave it out.
 */
export function buildDoubleArray(
  keys: Uint8Array,
  values: ArrayLike<number>,
  { sharesEndings = false, onRepeat = () => {} }: DoubleArrayOptions = {},
): DoubleArray {
  const trie = linkNodes(keys, values, onRepeat);
  return placeNodes(trie, sharesEndings ? firstsOfKind(trie) : undefined);
}

/** The keys for `buildDoubleArray` of texts, in which there must be no U+0000. */
export function keysOf(texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.length === 0 ? "" : `${texts.join("\0")}\0`);
}

const BLOCK = 256;

/** Free places are looked for in so many blocks at the end: older ones are nearly full, and looking there costs time. */
const OPEN_BLOCKS = 16;

/** What is known of the places of open blocks is kept by their last bits. */
const OPEN_MASK = OPEN_BLOCKS * BLOCK - 1;

/** Offsets that don't fit 21 bits lose their lowest 8. */
const FAR = 0x1fe00000;

/**
 * Finds a place for each node, so that the children of different nodes don't meet.
 *
 * @param kinds For each node, the one with which it shares its children.
 */
function placeNodes(trie: LinkedTrie, kinds: Int32Array | undefined): DoubleArray {
  const { firstChild, nextSibling, labels: nodeLabels, valuesPlusOne } = trie;
  const open = new OpenBlocks(Math.ceil((trie.size * 1.4) / BLOCK) * BLOCK + BLOCK);
  const { isBase } = open;
  const basesOfKinds = new Map<number, number>();
  // The node that is being placed: its children, and the bytes that lead there; 0 for its value.
  const children = new Int32Array(256);
  const labels = new Int32Array(257);
  open.add();
  open.take(0);
  // Nodes wait here with their places; children are placed before siblings, which keeps a word's units close.
  const nodes: number[] = [0];
  const places: number[] = [0];
  while (nodes.length > 0) {
    const node = nodes.pop()!;
    const place = places.pop()!;
    const value = valuesPlusOne[node]! - 1;
    let childCount = 0;
    let labelCount = 0;
    if (value >= 0) labels[labelCount++] = 0;
    for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) {
      children[childCount++] = child;
      labels[labelCount++] = nodeLabels[child]!;
    }
    if (labelCount === 0) continue; // only the root of an empty trie
    const shared = kinds === undefined ? undefined : basesOfKinds.get(kinds[node]!);
    const isShared = shared !== undefined && isReachable(place ^ shared); // what is out of reach is placed once more
    const base = isShared ? shared : open.findBase(place, labels, labelCount);
    const { units } = open;
    units[place] = units[place]! | encodeOffset(place ^ base) | (value < 0 ? 0 : HAS_VALUE);
    if (isShared) continue;
    if (kinds !== undefined) basesOfKinds.set(kinds[node]!, base);
    isBase[base & OPEN_MASK] = 1;
    if (value >= 0) {
      open.take(base);
      units[base] = value | NO_BYTE;
    }
    for (let i = 0; i < childCount; i++) {
      const label = nodeLabels[children[i]!]!;
      open.take(base ^ label);
      units[base ^ label] = label;
      nodes.push(children[i]!);
      places.push(base ^ label);
    }
  }
  return open.close();
}

/** The units, and in the last blocks of them where there's room. */
class OpenBlocks {
  units: Int32Array;
  /** Whether children of some node are placed relative to a unit of the open blocks. */
  readonly isBase: Uint8Array = new Uint8Array(OPEN_MASK + 1);
  #size = 0;
  // Which units are taken, and the free places as a ring.
  readonly #isTaken: Uint8Array = new Uint8Array(OPEN_MASK + 1);
  readonly #nextFree: Int32Array = new Int32Array(OPEN_MASK + 1);
  readonly #previousFree: Int32Array = new Int32Array(OPEN_MASK + 1);
  #head = -1;

  constructor(room: number) {
    this.units = new Int32Array(room);
  }

  /** Where the children of the node at `place` can be, which `labels` lead to. */
  findBase(place: number, labels: Int32Array, labelCount: number): number {
    const { isBase } = this;
    const isTaken = this.#isTaken;
    const nextFree = this.#nextFree;
    const head = this.#head;
    const first = labels[0]!;
    for (let free = head; free >= 0; ) {
      const base = free ^ first;
      if (isBase[base & OPEN_MASK] === 0 && isReachable(place ^ base)) {
        let i = 1;
        while (i < labelCount && isTaken[(base ^ labels[i]!) & OPEN_MASK] === 0) i++;
        if (i >= labelCount) return base;
      }
      free = nextFree[free & OPEN_MASK]!;
      if (free === head) break;
    }
    // All of a new block is free, and one of its places has the low byte that far offsets need.
    return this.add() | (place & 0xff);
  }

  /** Opens another block, and returns where it begins. */
  add(): number {
    const start = this.#size;
    const oldest = start - OPEN_BLOCKS * BLOCK;
    if (oldest >= 0) this.#closeBlock(oldest);
    this.#size += BLOCK;
    if (this.#size > this.units.length) {
      const larger = new Int32Array(this.units.length * 2);
      larger.set(this.units);
      this.units = larger;
    }
    this.#isTaken.fill(0, start & OPEN_MASK, (start & OPEN_MASK) + BLOCK);
    this.isBase.fill(0, start & OPEN_MASK, (start & OPEN_MASK) + BLOCK);
    for (let i = start; i < start + BLOCK; i++) {
      if (this.#head < 0) {
        this.#head = i;
        this.#link(i, i);
      } else {
        this.#link(this.#previousFree[this.#head & OPEN_MASK]!, i);
        this.#link(i, this.#head);
      }
    }
    return start;
  }

  take(place: number): void {
    this.#isTaken[place & OPEN_MASK] = 1;
    const next = this.#nextFree[place & OPEN_MASK]!;
    if (this.#head === place) this.#head = next === place ? -1 : next;
    this.#link(this.#previousFree[place & OPEN_MASK]!, next);
  }

  close(): Int32Array {
    const open = Math.max(0, this.#size - OPEN_MASK - 1);
    for (let start = open; start < this.#size; start += BLOCK) this.#closeBlock(start);
    return this.units.subarray(0, this.#size);
  }

  /** No byte may lead to a unit that isn't a node; 0 would look like the node of byte 0. */
  #closeBlock(start: number): void {
    for (let i = start; i < start + BLOCK; i++) {
      if (this.#isTaken[i & OPEN_MASK] === 1) continue;
      this.take(i);
      this.units[i] = NO_BYTE;
    }
  }

  #link(previous: number, next: number): void {
    this.#nextFree[previous & OPEN_MASK] = next;
    this.#previousFree[next & OPEN_MASK] = previous;
  }
}

const HAS_VALUE = 0x100;

/** Bit 31: what has it is no node. */
const NO_BYTE = 0x80000000 | 0;

function isReachable(offset: number): boolean {
  return (offset & FAR) === 0 || (offset & 0xff) === 0;
}

function encodeOffset(offset: number): number {
  if (offset < 1 << 21) return offset << 10;
  return (offset << 2) | 0x200;
}
