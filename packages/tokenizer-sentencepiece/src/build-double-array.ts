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
 * @param values The value of each key, from 0 to 2^31 - 1.
 */
export function buildDoubleArray(
  keys: Uint8Array,
  values: ArrayLike<number>,
  { sharesEndings = false, onRepeat = () => {} }: DoubleArrayOptions = {},
): DoubleArray {
  const trie = linkNodes(keys, values, onRepeat);
  return new Placer(trie, sharesEndings ? firstsOfKind(trie) : undefined).place();
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

/** Finds a place for each node, so that the children of different nodes don't meet. */
class Placer {
  readonly #trie: LinkedTrie;
  /** For each node, the one with which it shares its children; and where those are once they're placed. */
  readonly #kinds: Int32Array | undefined;
  readonly #basesOfKinds: Map<number, number> = new Map();
  #units: Int32Array;
  #size = 0;
  // Of the open blocks: whether a unit is taken, whether children of some node are placed relative to it, and the free
  // places as a ring.
  readonly #isTaken: Uint8Array = new Uint8Array(OPEN_MASK + 1);
  readonly #isBase: Uint8Array = new Uint8Array(OPEN_MASK + 1);
  readonly #nextFree: Int32Array = new Int32Array(OPEN_MASK + 1);
  readonly #previousFree: Int32Array = new Int32Array(OPEN_MASK + 1);
  #head = -1;
  // The node that is being placed: its children, and the bytes that lead there; 0 for its value.
  readonly #children: Int32Array = new Int32Array(256);
  readonly #labels: Int32Array = new Int32Array(257);

  constructor(trie: LinkedTrie, kinds: Int32Array | undefined) {
    this.#trie = trie;
    this.#kinds = kinds;
    this.#units = new Int32Array(Math.ceil((trie.size * 1.25) / BLOCK) * BLOCK + BLOCK);
  }

  place(): DoubleArray {
    const { firstChild, nextSibling, labels: nodeLabels, values } = this.#trie;
    const children = this.#children;
    const labels = this.#labels;
    this.#openBlock();
    this.#take(0);
    // Nodes wait here with their places; children are placed before siblings, which keeps a word's units close.
    const nodes: number[] = [0];
    const places: number[] = [0];
    while (nodes.length > 0) {
      const node = nodes.pop()!;
      const place = places.pop()!;
      const value = values[node]!;
      let childCount = 0;
      let labelCount = 0;
      if (value >= 0) labels[labelCount++] = 0;
      for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) {
        children[childCount++] = child;
        labels[labelCount++] = nodeLabels[child]!;
      }
      if (labelCount === 0) continue; // only the root of an empty trie
      const shared = this.#sharedBase(node, place);
      const base = shared < 0 ? this.#findBase(place, labelCount) : shared;
      this.#units[place] = this.#units[place]! | encodeOffset(place ^ base) | (value < 0 ? 0 : HAS_VALUE);
      if (shared >= 0) continue;
      if (this.#kinds !== undefined) this.#basesOfKinds.set(this.#kinds[node]!, base);
      this.#isBase[base & OPEN_MASK] = 1;
      if (value >= 0) {
        this.#take(base);
        this.#units[base] = value | NO_BYTE;
      }
      for (let i = 0; i < childCount; i++) {
        const label = nodeLabels[children[i]!]!;
        this.#take(base ^ label);
        this.#units[base ^ label] = label;
        nodes.push(children[i]!);
        places.push(base ^ label);
      }
    }
    for (let start = Math.max(0, this.#size - OPEN_MASK - 1); start < this.#size; start += BLOCK)
      this.#closeBlock(start);
    return this.#units.slice(0, this.#size);
  }

  /** Where the children of a node are already, if it shares them; -1 if not, or if that's out of reach. */
  #sharedBase(node: number, place: number): number {
    const base = this.#kinds === undefined ? undefined : this.#basesOfKinds.get(this.#kinds[node]!);
    return base !== undefined && isReachable(place ^ base) ? base : -1;
  }

  #findBase(place: number, labelCount: number): number {
    const first = this.#labels[0]!;
    const head = this.#head;
    for (let free = head; free >= 0; ) {
      const base = free ^ first;
      if (this.#fits(place, base, labelCount)) return base;
      free = this.#nextFree[free & OPEN_MASK]!;
      if (free === head) break;
    }
    // All of a new block is free, and one of its places has the low byte that far offsets need.
    return this.#openBlock() | (place & 0xff);
  }

  #fits(place: number, base: number, labelCount: number): boolean {
    if (this.#isBase[base & OPEN_MASK] === 1 || !isReachable(place ^ base)) return false;
    for (let i = 1; i < labelCount; i++) if (this.#isTaken[(base ^ this.#labels[i]!) & OPEN_MASK] === 1) return false;
    return true;
  }

  #openBlock(): number {
    const start = this.#size;
    const oldest = start - OPEN_BLOCKS * BLOCK;
    if (oldest >= 0) this.#closeBlock(oldest);
    this.#size += BLOCK;
    if (this.#size > this.#units.length) {
      const larger = new Int32Array(this.#units.length * 2);
      larger.set(this.#units);
      this.#units = larger;
    }
    this.#isTaken.fill(0, start & OPEN_MASK, (start & OPEN_MASK) + BLOCK);
    this.#isBase.fill(0, start & OPEN_MASK, (start & OPEN_MASK) + BLOCK);
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

  /** No byte may lead to a unit that isn't a node; 0 would look like the node of byte 0. */
  #closeBlock(start: number): void {
    for (let i = start; i < start + BLOCK; i++) {
      if (this.#isTaken[i & OPEN_MASK] === 1) continue;
      this.#take(i);
      this.#units[i] = NO_BYTE;
    }
  }

  #take(place: number): void {
    this.#isTaken[place & OPEN_MASK] = 1;
    const next = this.#nextFree[place & OPEN_MASK]!;
    if (this.#head === place) this.#head = next === place ? -1 : next;
    this.#link(this.#previousFree[place & OPEN_MASK]!, next);
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
