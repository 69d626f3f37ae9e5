/** A trie whose nodes list their children; node 0 is the root. */
export type LinkedTrie = {
  readonly size: number;
  readonly labels: Uint8Array;
  /** The first child of each node, and the next child of its parent; 0 for none. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** The value of the key that ends at each node, plus 1; 0 for none. */
  readonly valuesPlusOne: Int32Array;
  /** Where among the keys the tail of that key is, if it has one, which isn't in the trie; 0 for none. */
  readonly tails: Int32Array;
};

/** The value of a key that isn't put in. */
export const NO_KEY = -1;

/**
 * The trie of keys, each followed by a 0 byte.
 *
 * Most nodes have one child. Which node a byte leads to otherwise is kept by open addressing, so that a wide node costs no
 * more than a narrow one. All is in one loop, since it usually runs but once, before the platform compiles its parts well.
 *
 * @param keyValues The value of each key, or `NO_KEY` for one that is left out.
 * @param hasTails Whether a key has no more nodes than tell it from others, if it's longer than that by at least three bytes.
 * @param onRepeat Called with the value of a key that was there before.
 */
export function linkNodes(
  keys: Uint8Array,
  keyValues: ArrayLike<number>,
  hasTails: boolean,
  onRepeat: (value: number) => void,
): LinkedTrie {
  const most = keys.length + 1;
  const labels = new Uint8Array(most);
  const firstChild = new Int32Array(most);
  const nextSibling = new Int32Array(most);
  const valuesPlusOne = new Int32Array(most); // not filled with -1: memory that isn't written to costs nothing
  const tails = new Int32Array(hasTails ? most : 0);
  let slots: Int32Array = new Int32Array(powerOfTwoAbove(keys.length / 4));
  let mask = slots.length - 1;
  let edgeCount = 0;
  let size = 1;
  let node = 0;
  let key = 0;
  for (let i = 0; i < keys.length; i++) {
    const byte = keys[i]!;
    if (node === 0 && keyValues[key] === NO_KEY) {
      while (keys[i] !== 0) i++;
      key++;
      continue;
    }
    if (hasTails && tails[node] !== 0) {
      // Another key comes here: the first byte of the tail becomes a node.
      const tail = tails[node]!;
      tails[node] = 0;
      firstChild[node] = size;
      labels[size] = keys[tail]!;
      if (keys[tail + 1] !== 0) tails[size] = tail + 1;
      valuesPlusOne[size] = valuesPlusOne[node]!;
      valuesPlusOne[node] = 0;
      size++;
    }
    if (byte === 0) {
      if (valuesPlusOne[node] !== 0) onRepeat(keyValues[key]!);
      if (node !== 0) valuesPlusOne[node] = keyValues[key]! + 1;
      node = 0;
      key++;
      continue;
    }
    const first = firstChild[node]!;
    if (labels[first] === byte) {
      node = first;
      continue;
    }
    if (first === 0) firstChild[node] = size;
    else {
      const edge = (node << 8) | byte;
      let slot = firstSlot(edge, mask);
      while (slots[slot] !== 0 && slots[slot + 1] !== edge) slot = (slot + 2) & mask;
      if (slots[slot] !== 0) {
        node = slots[slot]!;
        continue;
      }
      slots[slot] = size;
      slots[slot + 1] = edge;
      nextSibling[size] = nextSibling[first]!;
      nextSibling[first] = size;
      if (++edgeCount * 4 >= slots.length) {
        slots = withMoreSlots(slots);
        mask = slots.length - 1;
      }
    }
    labels[size] = byte;
    node = size++;
    // A shorter tail is made of nodes: looking at the piece takes as long as going on to two of them.
    if (hasTails && keys[i + 1] !== 0 && keys[i + 2] !== 0 && keys[i + 3] !== 0) {
      tails[node] = i + 1;
      while (keys[i + 1] !== 0) i++; // its end is what comes next
      valuesPlusOne[node] = keyValues[key]! + 1;
      node = 0;
      key++;
      i++;
    }
  }
  return { size, labels, firstChild, nextSibling, valuesPlusOne, tails };
}

function powerOfTwoAbove(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, least)));
}

/** A table twice as large. Its entries are pairs of a node (0 for none) and the edge that leads to it: parent and byte. */
function withMoreSlots(slots: Int32Array): Int32Array {
  const larger = new Int32Array(slots.length * 2);
  const mask = larger.length - 1;
  for (let i = 0; i < slots.length; i += 2) {
    if (slots[i] === 0) continue;
    let slot = firstSlot(slots[i + 1]!, mask);
    while (larger[slot] !== 0) slot = (slot + 2) & mask;
    larger[slot] = slots[i]!;
    larger[slot + 1] = slots[i + 1]!;
  }
  return larger;
}

function firstSlot(edge: number, mask: number): number {
  const hash = Math.imul(edge, 0x9e3779b1);
  return ((hash ^ (hash >>> 15)) << 1) & mask;
}

/** For each node, the first one that the same bytes lead to the same values from. */
export function firstsOfKind({ size, labels, firstChild, nextSibling, valuesPlusOne }: LinkedTrie): Int32Array {
  const firsts = new Int32Array(size);
  const known = new Map<string, number>();
  for (let node = size - 1; node >= 0; node--) {
    // Children come after their parents, so theirs are known.
    const edges: number[] = [];
    for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) {
      edges.push(labels[child]! * 2 ** 32 + firsts[child]!);
    }
    const kind = `${valuesPlusOne[node]},${edges.sort((a, b) => a - b)}`;
    const first = known.get(kind);
    if (first === undefined) known.set(kind, node);
    firsts[node] = first ?? node;
  }
  return firsts;
}
