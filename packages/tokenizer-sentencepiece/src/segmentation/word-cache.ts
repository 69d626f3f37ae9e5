/**
 * The pieces of words that were met before.
 *
 * A word begins at `▁` and reaches to the next one. Words are compared byte by byte where they lie in the text, so that
 * looking one up allocates nothing. When there are too many, all are forgotten.
 */
export class WordCache {
  /** Longer words are rare, and keeping them wouldn't help. */
  static readonly MAX_BYTES = 64;

  /** The pieces of all words, one after the other: ids, and how many bytes into the word each ends. */
  ids: Int32Array = new Int32Array(1024);
  ends: Int32Array = new Int32Array(1024);
  #size = 0;
  #slots: Int32Array = new Int32Array(1024); // number + 1, or 0
  #hash = 0; // of the last word that `findWord` found
  #hashes: Int32Array = new Int32Array(512);
  /** Where each word ends in `#bytes`, and its pieces in `ids`; they begin where those of the word before end. */
  #byteEnds: Int32Array = new Int32Array(512);
  #pieceEnds: Int32Array = new Int32Array(512);
  #limits: Float64Array = new Float64Array(512);
  #bytes: Uint8Array = new Uint8Array(4096);

  /** Where the word ends that begins at `start`. */
  findWord(bytes: Uint8Array, start: number, length: number): number {
    let hash = 0x811c9dc5;
    let end = start;
    do {
      hash = Math.imul(hash ^ bytes[end]!, 0x01000193);
      end++;
    } while (end < length && (bytes[end] !== 0xe2 || bytes[end + 1] !== 0x96 || bytes[end + 2] !== 0x81));
    this.#hash = hash ^ (hash >>> 15);
    return end;
  }

  /** Takes `bytes[start, end)` as a word, wherever its marks are. */
  setWord(bytes: Uint8Array, start: number, end: number): void {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#hash = hash ^ (hash >>> 15);
  }

  /** The number of the word that was found or set last, or -1. */
  look(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    const hash = this.#hash;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const word = this.#slots[slot]! - 1;
      if (word < 0) return -1;
      if (this.#hashes[word] === hash && this.#isAt(word, bytes, start, end)) return word;
    }
  }

  /** Adds the word that was found or set last, and returns its number. */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    ids: readonly number[],
    ends: readonly number[],
    limit: number,
  ): number {
    if (this.#size === MAX_WORDS) this.#clear();
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    const word = this.#size++;
    const firstByte = word === 0 ? 0 : this.#byteEnds[word - 1]!;
    const firstPiece = this.firstOf(word);
    if (firstByte + end - start > this.#bytes.length) {
      this.#bytes = copyInto(new Uint8Array(this.#bytes.length * 2), this.#bytes);
    }
    if (firstPiece + ids.length > this.ids.length) {
      this.ids = copyInto(new Int32Array(this.ids.length * 2), this.ids);
      this.ends = copyInto(new Int32Array(this.ends.length * 2), this.ends);
    }
    this.#bytes.set(bytes.subarray(start, end), firstByte);
    this.ids.set(ids, firstPiece);
    this.ends.set(ends, firstPiece);
    this.#byteEnds[word] = firstByte + end - start;
    this.#pieceEnds[word] = firstPiece + ids.length;
    this.#limits[word] = limit;
    this.#hashes[word] = this.#hash;
    this.#insert(word);
    return word;
  }

  /** Where in `ids` the pieces of a word begin, and how many they are. */
  firstOf(word: number): number {
    return word === 0 ? 0 : this.#pieceEnds[word - 1]!;
  }

  countOf(word: number): number {
    return this.#pieceEnds[word]! - this.firstOf(word);
  }

  limitOf(word: number): number {
    return this.#limits[word]!;
  }

  #isAt(word: number, bytes: Uint8Array, start: number, end: number): boolean {
    const first = word === 0 ? 0 : this.#byteEnds[word - 1]!;
    if (this.#byteEnds[word]! - first !== end - start) return false;
    for (let i = start, j = first; i < end; i++, j++) if (this.#bytes[j] !== bytes[i]) return false;
    return true;
  }

  #insert(word: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[word]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = word + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let word = 0; word < this.#size; word++) this.#insert(word);
    const room = this.#slots.length / 2;
    this.#hashes = copyInto(new Int32Array(room), this.#hashes);
    this.#byteEnds = copyInto(new Int32Array(room), this.#byteEnds);
    this.#pieceEnds = copyInto(new Int32Array(room), this.#pieceEnds);
    this.#limits = copyInto(new Float64Array(room), this.#limits);
  }

  #clear(): void {
    this.#size = 0;
    this.#slots.fill(0);
  }
}

/** About 3 MB with bytes and pieces; English text of a million words has fewer. */
const MAX_WORDS = 1 << 16;

function copyInto<T extends Int32Array | Uint8Array | Float64Array>(larger: T, array: T): T {
  larger.set(array as never);
  return larger;
}
