/** A trie whose nodes list their children; node 0 is the root. */
export type LinkedTrie = {
  readonly size: number;
  readonly labels: Uint8Array;
  /** The first child of each node, and the next child of its parent; 0 for none. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** -1 for none. */
  readonly values: Int32Array;
};

/**
 * The trie of keys, each followed by a 0 byte.
 *
 * @param onRepeat Called with the value of a key that was there before.
 */
export function linkNodes(
  keys: Uint8Array,
  keyValues: ArrayLike<number>,
  onRepeat: (value: number) => void,
): LinkedTrie {
  const most = keys.length + 1;
  const labels = new Uint8Array(most);
  const firstChild = new Int32Array(most);
  const nextSibling = new Int32Array(most);
  const values = new Int32Array(most).fill(-1);
  const others = new EdgeTable();
  let size = 1;
  let node = 0;
  let key = 0;
  for (let i = 0; i < keys.length; i++) {
    const byte = keys[i]!;
    if (byte === 0) {
      if (values[node]! >= 0) onRepeat(keyValues[key]!);
      if (node !== 0) values[node] = keyValues[key]!;
      node = 0;
      key++;
      continue;
    }
    const first = firstChild[node]!;
    let child = first;
    if (first === 0) firstChild[node] = size;
    else if (labels[first] !== byte) child = others.look(node, byte);
    if (child === 0) {
      child = size++;
      labels[child] = byte;
      if (first !== 0) {
        others.add(child);
        nextSibling[child] = nextSibling[first]!;
        nextSibling[first] = child;
      }
    }
    node = child;
  }
  return { size, labels, firstChild, nextSibling, values };
}

/**
 * Which node a byte leads to, by open addressing, so that a wide node costs no more than a narrow one. Most nodes have one
 * child, which needs no looking up: only the others are here.
 */
class EdgeTable {
  #count = 0;
  /** Pairs of a node (0 for none) and the edge that leads to it. */
  #slots: Int32Array = new Int32Array(1 << 13);
  // Where the last look-up ended.
  #edge = 0;
  #slot = 0;

  /** The node that `byte` leads to from `parent`; 0 for none. */
  look(parent: number, byte: number): number {
    this.#edge = (parent << 8) | byte;
    return this.#find(this.#edge);
  }

  /** Adds a node for what was looked up last. */
  add(node: number): void {
    this.#slots[this.#slot] = node;
    this.#slots[this.#slot + 1] = this.#edge;
    this.#count++;
    if (this.#count * 4 < this.#slots.length) return;
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      this.#find(old[i + 1]!);
      this.#slots[this.#slot] = old[i]!;
      this.#slots[this.#slot + 1] = old[i + 1]!;
    }
  }

  #find(edge: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = Math.imul(edge, 0x9e3779b1);
    slot = ((slot ^ (slot >>> 15)) << 1) & mask;
    while (slots[slot] !== 0 && slots[slot + 1] !== edge) slot = (slot + 2) & mask;
    this.#slot = slot;
    return slots[slot]!;
  }
}

/** For each node, the first one that the same bytes lead to the same values from. */
export function firstsOfKind({ size, labels, firstChild, nextSibling, values }: LinkedTrie): Int32Array {
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
