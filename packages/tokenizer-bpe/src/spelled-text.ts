/** A text of so many ids leaves its arrays behind for the next; 16 MB. */
const MOST_KEPT = 1 << 20;

/**
 * Ids and, in units of the text, where each begins and ends: of all characters it has a part of; and the number of its word.
 *
 * Typed arrays that are used again: lists that grow take three times as long as one made when the length is known.
 */
export class SpelledText {
  length = 0;
  ids: Int32Array = new Int32Array(256);
  starts: Int32Array = new Int32Array(256);
  ends: Int32Array = new Int32Array(256);
  words: Int32Array = new Int32Array(256);

  cleared(): this {
    this.length = 0;
    if (this.ids.length > MOST_KEPT) this.#resize(256);
    return this;
  }

  add(id: number, start: number, end: number, word: number): void {
    const at = this.length++;
    if (at === this.ids.length) this.#resize(at * 2);
    this.ids[at] = id;
    this.starts[at] = start;
    this.ends[at] = end;
    this.words[at] = word;
  }

  /** The list of what `item` makes of each place. */
  list<T>(item: (at: number) => T): T[] {
    const items = Array<T>(this.length);
    for (let i = 0; i < items.length; i++) items[i] = item(i);
    return items;
  }

  #resize(size: number): void {
    const resized = (array: Int32Array): Int32Array => {
      const other = new Int32Array(size);
      other.set(array.subarray(0, size));
      return other;
    };
    this.ids = resized(this.ids);
    this.starts = resized(this.starts);
    this.ends = resized(this.ends);
    this.words = resized(this.words);
  }
}
