import { type DoubleArray, TAIL } from "./double-array.js";
import { firstsOfKind, type LinkedTrie, linkNodes } from "./linked-trie.js";

export type DoubleArrayOptions = {
  /** Whether nodes that lead to the same share what follows: a smaller trie, in several times the time. */
  readonly sharesEndings?: boolean;
  /** Whether a key has no more nodes than tell it from others; the value of a key that has more bytes gets `TAIL` added. */
  readonly hasTails?: boolean;
  /** Called with the value of a key that was there before. */
  readonly onRepeat?: (value: number) => void;
};

/**
 * Builds the trie of keys. Of keys that are equal the last counts; empty ones aren't put in.
 *
 * @param keys The bytes of each key, followed by a 0 byte.
 * @param values The value of each key, from 0 to 2^31 - 2, or `NO_KEY` to leave it out; below `TAIL` with tails.
 */
export function buildDoubleArray(
  keys: Uint8Array,
  values: ArrayLike<number>,
  { sharesEndings = false, hasTails = false, onRepeat = () => {} }: DoubleArrayOptions = {},
): DoubleArray {
  const trie = linkNodes(keys, values, hasTails, onRepeat);
  return placeNodes(trie, sharesEndings ? firstsOfKind(trie) : undefined);
}

/** The keys for `buildDoubleArray` of texts, in which there must be no U+0000. */
export function keysOf(texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.length === 0 ? "" : `${texts.join("\0")}\0`);
}

const BLOCK = 256;

/** So many blocks are added at once. */
const ADDED_BLOCKS = 2;

/** Places are also looked for in so many blocks before the last ones that were added. Older ones are nearly full, and looking there costs time. */
const SEARCHED_BLOCKS = 2;

/** Offsets that don't fit 21 bits lose their lowest 8. */
const FAR = 0x1fe00000;

/**
 * Finds a place for each node, so that the children of different nodes don't meet.
 *
 * @param kinds For each node, the one with which it shares its children.
 */
function placeNodes(trie: LinkedTrie, kinds: Int32Array | undefined): DoubleArray {
  const { firstChild, nextSibling, labels: nodeLabels, valuesPlusOne, tails } = trie;
  const hasTails = tails.length > 0;
  const room = new Room(trie.size * 2);
  const basesOfKinds = new Map<number, number>();
  // The bytes that lead to the children of the node that is being placed; 0 for its value.
  const labels = new Int32Array(257);
  // Nodes wait here with their places; children are placed before siblings, which keeps a word's units close.
  const nodes: number[] = [0];
  const places: number[] = [0];
  while (nodes.length > 0) {
    const node = nodes.pop()!;
    const place = places.pop()!;
    const value = valuesPlusOne[node]! - 1;
    let labelCount = 0;
    if (value >= 0) labels[labelCount++] = 0;
    for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) {
      labels[labelCount++] = nodeLabels[child]!;
    }
    if (labelCount === 0) continue; // only the root of an empty trie
    const shared = kinds === undefined ? undefined : basesOfKinds.get(kinds[node]!);
    const isShared = shared !== undefined && isReachable(place ^ shared); // what is out of reach is placed once more
    const base = isShared ? shared : room.findBase(place, labels, labelCount);
    room.lead(place, base, value >= 0);
    if (isShared) continue;
    if (kinds !== undefined) basesOfKinds.set(kinds[node]!, base);
    if (value >= 0) room.put(base, value | NO_BYTE | (hasTails && tails[node] !== 0 ? TAIL : 0));
    for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) {
      const at = base ^ nodeLabels[child]!;
      room.put(at, nodeLabels[child]!);
      nodes.push(child);
      places.push(at);
    }
  }
  return room.used();
}

/** The units, and where there's room for more. */
class Room {
  #units: Int32Array;
  /** A bit for each unit, the highest of a number for the first. */
  #free: Int32Array;
  /** Whether children of some node are placed relative to a unit. */
  #isBase: Uint8Array;
  #size = 0;
  /** The numbers of `free` that are looked at. */
  #firstSearched = 0;

  constructor(likelySize: number) {
    const size = Math.ceil(likelySize / BLOCK / ADDED_BLOCKS + 1) * BLOCK * ADDED_BLOCKS;
    this.#units = new Int32Array(size);
    this.#free = new Int32Array(size / 32);
    this.#isBase = new Uint8Array(size);
    this.#add();
    this.put(0, 0); // the root
    this.#isBase[0] = 1; // a 0 byte would lead to the root
  }

  /** Where the children of the node at `place` can be, which `labels` lead to. */
  findBase(place: number, labels: Int32Array, labelCount: number): number {
    const free = this.#free;
    const isBase = this.#isBase;
    const first = labels[0]!;
    const stop = this.#size >> 5;
    while (this.#firstSearched < stop && free[this.#firstSearched] === 0) this.#firstSearched++;
    for (let word = this.#firstSearched; word < stop; word++) {
      for (let bits = free[word]!; bits !== 0; ) {
        const bit = Math.clz32(bits);
        bits &= ~(0x80000000 >>> bit);
        const base = ((word << 5) | bit) ^ first;
        if (isBase[base] !== 0 || !isReachable(place ^ base)) continue;
        let i = labelCount - 1;
        for (; i > 0; i--) {
          const other = base ^ labels[i]!;
          if (free[other >> 5]! << (other & 31) >= 0) break;
        }
        if (i <= 0) return base;
      }
    }
    // All of a new block is free, and one of its places has the low byte that far offsets need.
    return this.#add() | (place & 0xff);
  }

  /** Says of the node at `place` where its children are, and whether a key ends at it. */
  lead(place: number, base: number, isKey: boolean): void {
    const offset = place ^ base;
    const bits = offset < 1 << 21 ? offset << 10 : (offset << 2) | 0x200;
    this.#units[place] = this.#units[place]! | bits | (isKey ? HAS_VALUE : 0);
    this.#isBase[base] = 1;
  }

  put(place: number, unit: number): void {
    this.#free[place >> 5] = this.#free[place >> 5]! & ~(0x80000000 >>> (place & 31));
    this.#units[place] = unit;
  }

  used(): DoubleArray {
    return this.#units.subarray(0, this.#size);
  }

  /** Adds blocks, and returns where they begin. No byte may lead to a unit that isn't a node. */
  #add(): number {
    const start = this.#size;
    this.#size += ADDED_BLOCKS * BLOCK;
    if (this.#size > this.#units.length) {
      this.#units = enlarged(this.#units);
      this.#free = enlarged(this.#free);
      this.#isBase = enlarged(this.#isBase);
    }
    this.#units.fill(NO_BYTE, start, this.#size);
    this.#free.fill(-1, start >> 5, this.#size >> 5);
    this.#firstSearched = Math.max(this.#firstSearched, (start - SEARCHED_BLOCKS * BLOCK) >> 5);
    return start;
  }
}

function enlarged<T extends Int32Array | Uint8Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array);
  return larger;
}

const HAS_VALUE = 0x100;

/** Bit 31: what has it is no node. */
const NO_BYTE = 0x80000000 | 0;

function isReachable(offset: number): boolean {
  return (offset & FAR) === 0 || (offset & 0xff) === 0;
}
