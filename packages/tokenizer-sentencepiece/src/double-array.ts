/**
 * A trie over bytes in one array of 32-bit units, in the form that the Darts-clone library writes and SentencePiece's
 * compiled normalization rules are in.
 *
 * A unit is a node: bits 0–7 are the byte that leads to it; bit 8 says whether a key ends here; bits 10–31, shifted left
 * by 8 if bit 9 is set, are its offset. The node for the next byte is at `place ^ offset ^ byte`, if that unit has that
 * byte. The value of a key is in bits 0–30 of the unit at `place ^ offset`, whose bit 31 is set, so that no byte leads
 * there.
 */
export type DoubleArray = Int32Array;

/** What a unit must be equal to the byte in, to be the node that the byte leads to. */
export const LABEL_MASK: number = 0x800000ff | 0;

/** Where the children of a node are, relative to its place. */
export function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** Whether a key ends at a node. */
export function hasValue(unit: number): boolean {
  return (unit & 0x100) !== 0;
}

/** The value of the key `bytes[start, end)`, or -1. */
export function findValue(trie: DoubleArray, bytes: Uint8Array, start: number, end: number): number {
  let place = 0;
  let unit = trie[0]!;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    place ^= offsetOf(unit) ^ byte;
    unit = trie[place]!;
    if ((unit & LABEL_MASK) !== byte) return -1;
  }
  return hasValue(unit) ? trie[place ^ offsetOf(unit)]! & 0x7fffffff : -1;
}

/** The length of the longest key that `bytes[start, end)` begins with; 0 for none. */
export function longestKey(trie: DoubleArray, bytes: Uint8Array, start: number, end: number): number {
  let place = 0;
  let unit = trie[0]!;
  let longest = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    place ^= offsetOf(unit) ^ byte;
    unit = trie[place]!;
    if ((unit & LABEL_MASK) !== byte) break;
    if (hasValue(unit)) longest = i + 1 - start;
  }
  return longest;
}

/**
 * Builds the trie of keys. Of keys that are equal the last counts; empty ones aren't put in.
 *
 * @param keys The bytes of each key, followed by a 0 byte.
 * @param values The value of each key, from 0 to 2^31 - 1.
 * @param sharesEndings Whether nodes that lead to the same share what follows: a smaller trie, in several times the time.
 */
export function buildDoubleArray(keys: Uint8Array, values: ArrayLike<number>, sharesEndings = false): DoubleArray {
  const trie = linkNodes(keys, values);
  return new Placer(trie, sharesEndings ? firstsOfKind(trie) : undefined).place();
}

/** The keys for `buildDoubleArray` of texts, in which there must be no U+0000. */
export function keysOf(texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(texts.length === 0 ? "" : `${texts.join("\0")}\0`);
}

/** A trie whose nodes list their children; node 0 is the root. */
type LinkedTrie = {
  readonly size: number;
  readonly labels: Uint8Array;
  /** The first child of each node, and the next child of its parent; 0 for none. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** -1 for none. */
  readonly values: Int32Array;
};

function linkNodes(keys: Uint8Array, keyValues: ArrayLike<number>): LinkedTrie {
  const most = keys.length + 1;
  const labels = new Uint8Array(most);
  const firstChild = new Int32Array(most);
  const nextSibling = new Int32Array(most);
  const values = new Int32Array(most).fill(-1);
  // Which child a byte leads to, by open addressing, so that a wide node costs no more than a narrow one: pairs of
  // child (or 0) and what led there.
  const slotCount = 2 ** Math.ceil(Math.log2(most + 16));
  const slots = new Int32Array(slotCount * 2);
  let size = 1;
  let node = 0;
  let key = 0;
  for (let i = 0; i < keys.length; i++) {
    const byte = keys[i]!;
    if (byte === 0) {
      if (node !== 0) values[node] = keyValues[key]!;
      node = 0;
      key++;
      continue;
    }
    const edge = (node << 8) | byte;
    let slot = Math.imul(edge, 0x9e3779b1);
    slot = (slot ^ (slot >>> 15)) & (slotCount - 1);
    while (slots[slot * 2] !== 0 && slots[slot * 2 + 1] !== edge) slot = (slot + 1) & (slotCount - 1);
    let child = slots[slot * 2]!;
    if (child === 0) {
      child = size++;
      slots[slot * 2] = child;
      slots[slot * 2 + 1] = edge;
      labels[child] = byte;
      nextSibling[child] = firstChild[node]!;
      firstChild[node] = child;
    }
    node = child;
  }
  return { size, labels, firstChild, nextSibling, values };
}

/** For each node, the first one that the same bytes lead to the same values from. */
function firstsOfKind({ size, labels, firstChild, nextSibling, values }: LinkedTrie): Int32Array {
  const firsts = new Int32Array(size);
  const known = new Map<string, number>();
  for (let node = size - 1; node >= 0; node--) {
    // Children come after their parents, so theirs are known.
    const edges: number[] = [];
    for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) {
      edges.push(labels[child]! * 2 ** 32 + firsts[child]!);
    }
    const kind = `${values[node]},${edges.sort((a, b) => a - b)}`;
    const first = known.get(kind);
    if (first === undefined) known.set(kind, node);
    firsts[node] = first ?? node;
  }
  return firsts;
}

const BLOCK = 256;

/** Free places are looked for in so many blocks at the end: older ones are nearly full, and looking there costs time. */
const OPEN_BLOCKS = 16;

/** Offsets that don't fit 21 bits lose their lowest 8. */
const FAR = 0x1fe00000 | 0;

/** Finds a place for each node, so that the children of different nodes don't meet. */
class Placer {
  readonly #trie: LinkedTrie;
  /** For each node, the one with which it shares its children; and where those are once they're placed. */
  readonly #kinds: Int32Array | undefined;
  readonly #basesOfKinds: Map<number, number> = new Map();
  #units: Int32Array;
  /** Whether a unit is taken, and whether the children of some node are placed relative to it. */
  #isTaken: Uint8Array;
  #isBase: Uint8Array;
  /** The free places of the open blocks, as a ring. */
  #nextFree: Int32Array;
  #previousFree: Int32Array;
  #size = 0;
  #head = -1;
  readonly #children: Int32Array = new Int32Array(256);
  readonly #labels: Int32Array = new Int32Array(257);

  constructor(trie: LinkedTrie, kinds: Int32Array | undefined) {
    this.#trie = trie;
    this.#kinds = kinds;
    const room = Math.ceil((trie.size * 1.5) / BLOCK) * BLOCK + BLOCK;
    this.#units = new Int32Array(room);
    this.#isTaken = new Uint8Array(room);
    this.#isBase = new Uint8Array(room);
    this.#nextFree = new Int32Array(room);
    this.#previousFree = new Int32Array(room);
  }

  place(): DoubleArray {
    this.#openBlock();
    this.#take(0);
    // Nodes wait here with their places; children are placed before siblings, which keeps a word's units close.
    const nodes: number[] = [0];
    const places: number[] = [0];
    while (nodes.length > 0) {
      const node = nodes.pop()!;
      const place = places.pop()!;
      let childCount = 0;
      let labelCount = 0;
      const value = this.#trie.values[node]!;
      if (value >= 0) this.#labels[labelCount++] = 0;
      for (let child = this.#trie.firstChild[node]!; child !== 0; child = this.#trie.nextSibling[child]!) {
        this.#children[childCount++] = child;
        this.#labels[labelCount++] = this.#trie.labels[child]!;
      }
      if (labelCount === 0) continue; // only the root of an empty trie
      const shared = this.#sharedBase(node, place);
      if (shared >= 0) {
        this.#units[place] = this.#units[place]! | encodeOffset(place ^ shared) | (value >= 0 ? 0x100 : 0);
        continue;
      }
      const base = this.#findBase(place, labelCount);
      if (this.#kinds !== undefined) this.#basesOfKinds.set(this.#kinds[node]!, base);
      this.#isBase[base] = 1;
      this.#units[place] = this.#units[place]! | encodeOffset(place ^ base) | (value >= 0 ? 0x100 : 0);
      if (value >= 0) {
        this.#take(base);
        this.#units[base] = value | 0x80000000;
      }
      for (let i = 0; i < childCount; i++) {
        const child = this.#children[i]!;
        const childPlace = base ^ this.#trie.labels[child]!;
        this.#take(childPlace);
        this.#units[childPlace] = this.#trie.labels[child]!;
        nodes.push(child);
        places.push(childPlace);
      }
    }
    const units = this.#units.slice(0, this.#size);
    // No byte may lead to a unit that isn't a node; 0 would look like the node of byte 0.
    for (let i = 0; i < units.length; i++) if (this.#isTaken[i] === 0) units[i] = 0x80000000 | 0;
    return units;
  }

  /** Where the children of a node are already, if it shares them; -1 if not, or if that's out of reach. */
  #sharedBase(node: number, place: number): number {
    const base = this.#kinds === undefined ? undefined : this.#basesOfKinds.get(this.#kinds[node]!);
    return base !== undefined && isReachable(place ^ base) ? base : -1;
  }

  #findBase(place: number, labelCount: number): number {
    const first = this.#labels[0]!;
    const head = this.#head;
    if (head >= 0) {
      let free = head;
      do {
        const base = free ^ first;
        if (this.#fits(place, base, labelCount)) return base;
        free = this.#nextFree[free]!;
      } while (free !== head);
    }
    // All of a new block is free, and one of its places has the low byte that far offsets need.
    return this.#openBlock() | (place & 0xff);
  }

  #fits(place: number, base: number, labelCount: number): boolean {
    if (this.#isBase[base] === 1) return false;
    if (!isReachable(place ^ base)) return false;
    for (let i = 1; i < labelCount; i++) if (this.#isTaken[base ^ this.#labels[i]!] === 1) return false;
    return true;
  }

  #openBlock(): number {
    const start = this.#size;
    this.#size += BLOCK;
    if (this.#size > this.#units.length) this.#grow();
    const oldest = start - OPEN_BLOCKS * BLOCK;
    if (oldest >= 0) {
      for (let i = oldest; i < oldest + BLOCK; i++) if (this.#isTaken[i] === 0) this.#unlink(i);
    }
    for (let i = start; i < start + BLOCK; i++) {
      if (this.#head < 0) {
        this.#head = i;
        this.#nextFree[i] = i;
        this.#previousFree[i] = i;
      } else {
        const last = this.#previousFree[this.#head]!;
        this.#nextFree[last] = i;
        this.#previousFree[i] = last;
        this.#nextFree[i] = this.#head;
        this.#previousFree[this.#head] = i;
      }
    }
    return start;
  }

  #take(place: number): void {
    this.#isTaken[place] = 1;
    this.#unlink(place);
  }

  #unlink(place: number): void {
    const next = this.#nextFree[place]!;
    const previous = this.#previousFree[place]!;
    this.#nextFree[previous] = next;
    this.#previousFree[next] = previous;
    if (this.#head === place) this.#head = next === place ? -1 : next;
  }

  #grow(): void {
    const grown = <T extends Int32Array | Uint8Array>(array: T, larger: T): T => {
      larger.set(array);
      return larger;
    };
    const room = this.#units.length * 2;
    this.#units = grown(this.#units, new Int32Array(room));
    this.#isTaken = grown(this.#isTaken, new Uint8Array(room));
    this.#isBase = grown(this.#isBase, new Uint8Array(room));
    this.#nextFree = grown(this.#nextFree, new Int32Array(room));
    this.#previousFree = grown(this.#previousFree, new Int32Array(room));
  }
}

function isReachable(offset: number): boolean {
  return (offset & FAR) === 0 || (offset & 0xff) === 0;
}

function encodeOffset(offset: number): number {
  if (offset < 1 << 21) return offset << 10;
  return (offset << 2) | 0x200;
}
