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
    return this.#slots[this.#placeOf(left, right) + 2]! - 1;
  }

  /** The number of a pair; it's `size` as it was before the call if the pair is new. */
  intern(left: number, right: number): number {
    const found = this.find(left, right);
    if (found >= 0) return found;
    if (this.size * 3 > this.#mask * 2) this.#rehash();
    this.#insert(left, right, ++this.size);
    return this.size - 1;
  }

  /** Where in `#slots` a pair is, or would be. */
  #placeOf(left: number, right: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hashPair(left, right) & mask;
    for (;;) {
      const at = slot << 2;
      if (slots[at + 2] === 0 || (slots[at] === left && slots[at + 1] === right)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #insert(left: number, right: number, mark: number): void {
    const at = this.#placeOf(left, right);
    this.#slots[at] = left;
    this.#slots[at + 1] = right;
    this.#slots[at + 2] = mark;
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
