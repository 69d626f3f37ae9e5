/**
 * Numbers for words: the first word interned is 0, the next new one 1, and so on.
 *
 * A word is a range of a longer text; it's compared unit by unit where it lies, so that looking one up allocates
 * nothing. Open addressing over typed arrays: twice as fast here as a `Map` of substrings.
 */
export class WordTable {
  /** How many words are in the table. */
  size = 0;
  #slots: Int32Array = new Int32Array(1024); // number + 1, or 0
  #hashes: Int32Array = new Int32Array(512);
  /** Where each word ends in `units`; it starts where the one before ends. Others only read them. */
  ends: Int32Array = new Int32Array(512);
  units: Uint16Array = new Uint16Array(4096);

  /** The number of the word `text[start, end)`; it's `size` as it was before the call if the word is new. */
  intern(text: string, start: number, end: number): number {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (this.#hashes[found - 1] === hash && this.#isAt(found - 1, text, start, end)) return found - 1;
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.size + 1;
    return this.#add(hash, text, start, end);
  }

  #isAt(word: number, text: string, start: number, end: number): boolean {
    const from = word === 0 ? 0 : this.ends[word - 1]!;
    if (this.ends[word]! - from !== end - start) return false;
    const units = this.units;
    for (let i = start, j = from; i < end; i++, j++) if (units[j] !== text.charCodeAt(i)) return false;
    return true;
  }

  #add(hash: number, text: string, start: number, end: number): number {
    const word = this.size++;
    let to = word === 0 ? 0 : this.ends[word - 1]!;
    while (to + end - start > this.units.length) this.units = grown(this.units, new Uint16Array(this.units.length * 2));
    for (let i = start; i < end; i++) this.units[to++] = text.charCodeAt(i);
    this.#hashes[word] = hash;
    this.ends[word] = to;
    if (this.size === this.#hashes.length) this.#grow();
    return word;
  }

  #grow(): void {
    const { size } = this;
    this.#hashes = grown(this.#hashes, new Int32Array(size * 2));
    this.ends = grown(this.ends, new Int32Array(size * 2));
    const slots = new Int32Array(size * 4);
    const mask = slots.length - 1;
    for (let word = 0; word < size; word++) {
      let slot = this.#hashes[word]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = word + 1;
    }
    this.#slots = slots;
  }
}

/** `larger`, beginning with what is in `array`. */
export function grown<T extends Int32Array | Uint16Array | Float64Array>(array: T, larger: T): T {
  larger.set(array as never);
  return larger;
}
