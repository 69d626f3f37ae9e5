import { characterLength } from "../t5/utf8.js";
import { keysOf } from "../tries/build-double-array.js";
import { pieceTrieOf } from "../tries/piece-trie.js";
import type { ParsedUnigram } from "../unigram-json.js";
import { joinRepeats } from "./join-repeats.js";
import { Unigram } from "./unigram.js";
import { byteName } from "./vocabulary.js";

/** A unigram model on words of UTF-16 text, as Hugging Face's: sums in double precision, unknown characters that follow each other as one. */
export class UnigramWords {
  readonly #model: Unigram;
  readonly #unknown: number;
  /** The id for each byte, if unknown characters are spelled in bytes. */
  readonly #byteIds: readonly number[] | undefined;
  #bytes: Uint8Array = new Uint8Array(256);

  constructor({ pieces, scores, unknown, byteFallback }: ParsedUnigram) {
    const unknownScore = scores.reduce((lowest, score) => Math.min(lowest, score), Number.POSITIVE_INFINITY) - 10;
    this.#model = new Unigram({
      trie: pieceTrieOf(pieces),
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

  /**
   * Appends the ids of a text that is cut at spaces, and of which every word gets a mark in front: what the stages
   * `WhitespaceSplit` and `Metaspace` do, without a text for each word.
   */
  appendMarkedWords(text: string, ids: number[]): void {
    for (let at = 0; at < text.length; ) {
      const start = at;
      for (; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        if (isSpace(unit) || (unit === SPACE_MARK && at > start)) break;
      }
      if (start === at) at++;
      else this.#appendWord(text, start, at, text.charCodeAt(start) !== SPACE_MARK, ids);
    }
  }

  /** Appends the ids of words, given as start and end of each. */
  appendIds(text: string, bounds: readonly number[], ids: number[]): void {
    for (let i = 0; i < bounds.length; i += 2) this.#appendWord(text, bounds[i]!, bounds[i + 1]!, false, ids);
  }

  /** Calls `visit` with each piece of a word, and where in the text it is. */
  eachPiece(text: string, start: number, end: number, visit: (id: number, start: number, end: number) => void): void {
    const length = this.#encode(text, start, end, 0);
    let place = 0;
    let unit = start;
    this.#eachJoined(length, (id, from, to) => {
      const fromUnit = unit;
      for (; place < to; place += characterLength(this.#bytes[place]!)) unit += this.#bytes[place]! >= 0xf0 ? 2 : 1;
      if (id !== this.#unknown || this.#byteIds === undefined) visit(id, fromUnit, unit);
      else for (const byte of this.#bytes.subarray(from, to)) visit(this.#byteIds[byte]!, fromUnit, unit);
    });
  }

  #appendWord(text: string, start: number, end: number, isMarked: boolean, ids: number[]): void {
    if (isMarked) this.#bytes.set(SPACE_MARK_BYTES);
    const length = this.#encode(text, start, end, isMarked ? SPACE_MARK_BYTES.length : 0);
    const from = ids.length;
    this.#model.segmentWord(this.#bytes, 0, length, ids);
    if (!ids.includes(this.#unknown, from)) return;
    if (this.#unknown >= 0 && this.#byteIds === undefined) {
      joinRepeats(ids, from, this.#unknown);
      return;
    }
    ids.length = from;
    this.#eachJoined(length, (id, from, to) => {
      if (id !== this.#unknown || this.#byteIds === undefined) ids.push(id);
      else for (const byte of this.#bytes.subarray(from, to)) ids.push(this.#byteIds[byte]!);
    });
  }

  /** Calls `visit` with each piece of the word in `#bytes`, neighbouring unknown ones as one, and the bytes it has. */
  #eachJoined(length: number, visit: (id: number, from: number, to: number) => void): void {
    const ids: number[] = [];
    const ends: number[] = [];
    this.#model.segmentWord(this.#bytes, 0, length, ids, ends);
    let from = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (id === this.#unknown) while (ids[i + 1] === id) i++;
      const to = ends[i]!;
      if (id < 0) throw noUnknown(new TextDecoder().decode(this.#bytes.subarray(from, to)));
      visit(id, from, to);
      from = to;
    }
  }

  /** Writes a part of a text without lone surrogates in UTF-8, after `length` bytes, and returns the length. Words are too short for `encodeInto`. */
  #encode(text: string, start: number, end: number, length: number): number {
    if (length + (end - start) * 3 > this.#bytes.length) {
      const larger = new Uint8Array((end - start) * 6 + 256);
      larger.set(this.#bytes.subarray(0, length));
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
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

const SPACE_MARK = 0x2581;

const SPACE_MARK_BYTES = keysOf(["▁"]).subarray(0, 3);

/** Unicode's White_Space. */
function isSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0x85) return false;
  return SPACES.includes(unit);
}

const SPACES = Array.from(
  "\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
  (space) => space.charCodeAt(0),
);

function noUnknown(text: string): Error {
  return new Error(`encode: the vocabulary has no piece for "${text}" and no unknown piece`);
}
