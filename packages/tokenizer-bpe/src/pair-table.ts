/**
 * Numbers for pairs of ids: the first pair interned is 0, the next new one 1, and so on.
 *
 * Open addressing with the pair beside its number, so that a lookup touches one cache line.
 */
export class PairTable {
  /** How many pairs are in the table. */
  size = 0;
  #slots: Int32Array; // left, right, number + 1 (or 0), unused
  #mask: number;

  constructor(expectedSize = 256) {
    this.#mask = 2 ** Math.ceil(Math.log2(expectedSize * 1.5 + 2)) - 1;
    this.#slots = new Int32Array((this.#mask + 1) * 4);
  }

  /** The number of a pair, or -1. */
  find(left: number, right: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hashPair(left, right) & mask;
    for (;;) {
      const at = slot << 2;
      const found = slots[at + 2]!;
      if (found === 0 || (slots[at] === left && slots[at + 1] === right)) return found - 1;
      slot = (slot + 1) & mask;
    }
  }

  /** The number of a pair; it's `size` as it was before the call if the pair is new. */
  intern(left: number, right: number): number {
    const found = this.find(left, right);
    if (found >= 0) return found;
    if (this.size * 3 > this.#mask * 2) this.#rehash();
    this.#insert(left, right, ++this.size);
    return this.size - 1;
  }

  #insert(left: number, right: number, mark: number): void {
    let slot = hashPair(left, right) & this.#mask;
    while (this.#slots[(slot << 2) + 2] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot << 2] = left;
    this.#slots[(slot << 2) + 1] = right;
    this.#slots[(slot << 2) + 2] = mark;
  }

  #rehash(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 2] !== 0) this.#insert(old[at]!, old[at + 1]!, old[at + 2]!);
    }
  }
}

function hashPair(left: number, right: number): number {
  const hash = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
