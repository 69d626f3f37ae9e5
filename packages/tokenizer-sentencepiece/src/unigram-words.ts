import { buildDoubleArray, keysOf } from "./double-array.js";
import { Unigram } from "./unigram.js";
import type { ParsedUnigram } from "./unigram-json.js";
import { characterLength } from "./utf8.js";
import { byteName } from "./vocabulary.js";

/** A unigram model on words of UTF-16 text, as Hugging Face's: sums in double precision, unknown characters that follow each other as one. */
export class UnigramWords {
  readonly #model: Unigram;
  readonly #unknown: number;
  /** The id for each byte, if unknown characters are spelled in bytes. */
  readonly #byteIds: readonly number[] | undefined;
  #bytes: Uint8Array = new Uint8Array(256);

  constructor({ pieces, scores, unknown, byteFallback }: ParsedUnigram) {
    const trie = buildDoubleArray(keysOf(pieces), Int32Array.from(pieces, (_, id) => id));
    const unknownScore = scores.reduce((lowest, score) => Math.min(lowest, score), Number.POSITIVE_INFINITY) - 10;
    this.#model = new Unigram({
      trie,
      scores,
      latticeScores: scores,
      unknown,
      unknownScore,
      isSinglePrecision: false,
      isCutAtSpaces: false,
    });
    this.#unknown = unknown;
    if (!byteFallback) return;
    const ids = new Map(pieces.map((piece, id) => [piece, id]));
    const byteIds = Array.from({ length: 256 }, (_, byte) => ids.get(byteName(byte)) ?? -1);
    if (!byteIds.includes(-1)) this.#byteIds = byteIds;
  }

  /** Appends the ids of words, given as start and end of each. */
  appendIds(text: string, bounds: readonly number[], ids: number[]): void {
    for (let i = 0; i < bounds.length; i += 2) {
      const length = this.#encode(text, bounds[i]!, bounds[i + 1]!);
      const from = ids.length;
      this.#model.segmentWord(this.#bytes, 0, length, ids);
      if (!ids.includes(this.#unknown, from)) continue;
      ids.length = from;
      this.eachPiece(text, bounds[i]!, bounds[i + 1]!, (id) => ids.push(id));
    }
  }

  /** Calls `visit` with each piece of a word, and where in the text it is. */
  eachPiece(text: string, start: number, end: number, visit: (id: number, start: number, end: number) => void): void {
    const length = this.#encode(text, start, end);
    const ids: number[] = [];
    const ends: number[] = [];
    this.#model.segmentWord(this.#bytes, 0, length, ids, ends);
    let at = 0;
    let unit = start;
    const next = (to: number): number => {
      for (; at < to; at += characterLength(this.#bytes[at]!)) unit += this.#bytes[at]! >= 0xf0 ? 2 : 1;
      return unit;
    };
    for (let i = 0; i < ids.length; i++) {
      const from = at;
      const fromUnit = unit;
      const isUnknown = ids[i] === this.#unknown;
      while (isUnknown && ids[i + 1] === this.#unknown) i++;
      const toUnit = next(ends[i]!);
      if (!isUnknown || this.#byteIds === undefined) {
        if (isUnknown && this.#unknown < 0) throw noUnknown(text.slice(fromUnit, toUnit));
        visit(ids[i]!, fromUnit, toUnit);
      } else {
        for (const byte of this.#bytes.subarray(from, ends[i]!)) visit(this.#byteIds[byte]!, fromUnit, toUnit);
      }
    }
  }

  /** Writes a part of a text without lone surrogates in UTF-8 and returns its length. Words are too short for `encodeInto`. */
  #encode(text: string, start: number, end: number): number {
    if ((end - start) * 3 > this.#bytes.length) this.#bytes = new Uint8Array((end - start) * 6);
    const bytes = this.#bytes;
    let length = 0;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) bytes[length++] = unit;
      else if (unit < 0x800) {
        bytes[length++] = 0xc0 | (unit >> 6);
        bytes[length++] = 0x80 | (unit & 0x3f);
      } else if (unit >= 0xd800 && unit < 0xe000) {
        const code = text.codePointAt(i++)!;
        bytes[length++] = 0xf0 | (code >> 18);
        bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
        bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[length++] = 0x80 | (code & 0x3f);
      } else {
        bytes[length++] = 0xe0 | (unit >> 12);
        bytes[length++] = 0x80 | ((unit >> 6) & 0x3f);
        bytes[length++] = 0x80 | (unit & 0x3f);
      }
    }
    return length;
  }
}

function noUnknown(text: string): Error {
  return new Error(`encode: the vocabulary has no piece for "${text}" and no unknown piece`);
}
