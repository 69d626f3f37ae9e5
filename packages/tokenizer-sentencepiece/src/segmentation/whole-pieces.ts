import { characterLength } from "../t5/utf8.js";
import { type DoubleArray, longestKey } from "../tries/double-array.js";
import { findPiece, type PieceTrie } from "../tries/piece-trie.js";
import type { Segmenter } from "./segmenter.js";

/** A model whose pieces are whole words: each `▁` begins one. */
export class WordSegmenter implements Segmenter {
  readonly #trie: PieceTrie;
  readonly #unknown: number;

  constructor(trie: PieceTrie, unknown: number) {
    this.#trie = trie;
    this.#unknown = unknown;
  }

  segment(bytes: Uint8Array, length: number, ids: number[], ends?: number[]): void {
    for (let start = 0; start < length; ) {
      let end = start + 1;
      while (end < length && !isSpaceMark(bytes, end)) end++;
      const id = findPiece(this.#trie, bytes, start, end);
      ids.push(id < 0 ? this.#unknown : id);
      ends?.push(end);
      start = end;
    }
  }
}

/** A model whose pieces are single characters, and user-defined ones. */
export class CharacterSegmenter implements Segmenter {
  readonly #trie: PieceTrie;
  readonly #userDefined: DoubleArray;
  readonly #unknown: number;

  constructor(trie: PieceTrie, userDefined: DoubleArray, unknown: number) {
    this.#trie = trie;
    this.#userDefined = userDefined;
    this.#unknown = unknown;
  }

  segment(bytes: Uint8Array, length: number, ids: number[], ends?: number[]): void {
    for (let start = 0; start < length; ) {
      const kept = longestKey(this.#userDefined, bytes, start, length);
      const end = Math.min(start + (kept > 0 ? kept : characterLength(bytes[start]!)), length);
      const id = findPiece(this.#trie, bytes, start, end);
      ids.push(id < 0 ? this.#unknown : id);
      ends?.push(end);
      start = end;
    }
  }
}

/** Whether `▁` is at a place. */
export function isSpaceMark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81;
}
