import { grown } from "./word-table.js";

/** A text of so many ids leaves its array behind for the next; 16 MB. */
const MOST_KEPT = 1 << 20;

/**
 * Ids and, in units of the text, where each begins and ends: of all characters it has a part of; and the number of its word.
 *
 * In one typed array that is used again: lists that grow take three times as long as one made when the length is known.
 */
export class SpelledText {
  /** How many ids there are. */
  length = 0;
  /** Four numbers for each id: itself, start, end, word. */
  items: Int32Array = new Int32Array(1024);

  cleared(): this {
    this.length = 0;
    if (this.items.length > 4 * MOST_KEPT) this.items = new Int32Array(1024);
    return this;
  }

  add(id: number, start: number, end: number, word: number): void {
    const at = this.#extend(1);
    const { items } = this;
    items[at] = id;
    items[at + 1] = start;
    items[at + 2] = end;
    items[at + 3] = word;
  }

  /** Adds what is in `other` from number `from` to `to`, `shift` units further, for a word. */
  addFrom(other: SpelledText, from: number, to: number, shift: number, word: number): void {
    let at = this.#extend(to - from);
    const { items } = this;
    const others = other.items;
    for (let i = from * 4; i < to * 4; i += 4, at += 4) {
      items[at] = others[i]!;
      items[at + 1] = others[i + 1]! + shift;
      items[at + 2] = others[i + 2]! + shift;
      items[at + 3] = word;
    }
  }

  /** Changes start and end of the ids from number `from` on. */
  mapPlaces(from: number, start: (place: number) => number, end: (place: number) => number): void {
    const { items } = this;
    for (let at = from * 4; at < this.length * 4; at += 4) {
      items[at + 1] = start(items[at + 1]!);
      items[at + 2] = end(items[at + 2]!);
    }
  }

  /** Makes room for more, and returns where in `items`. */
  #extend(count: number): number {
    const at = this.length * 4;
    this.length += count;
    if (this.length * 4 > this.items.length) this.items = grown(this.items, new Int32Array(this.length * 8));
    return at;
  }
}
