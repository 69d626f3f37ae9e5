import { decodeUtf8, type MessageReader } from "./message-reader.js";
import type { Piece, PieceType } from "./model-file.js";
import { ModelFileError } from "./model-file-error.js";

/** The types of pieces; the place in the list is the number in the file. */
export const PIECE_TYPES: readonly (PieceType | undefined)[] = [
  undefined,
  "normal",
  "unknown",
  "control",
  "user-defined",
  "unused",
  "byte",
];

/** The largest vocabulary we know of has 902,000 pieces. */
export const MAX_PIECES: number = 2 ** 20;

/** Of all pieces together, in bytes; each can become a node of a trie. */
export const MAX_VOCABULARY_BYTES: number = 2 ** 23;

/** SentencePiece allows pieces below 8000 bytes. */
const MAX_PIECE_BYTES = 8000;

/** There's room for so many pieces in any case. */
const ROOM = 64;

/**
 * Reads the pieces of a .model file.
 *
 * They are most of a file, and what makes a file load slowly is an object for each of its parts. So the pieces are
 * collected in plain arrays, and their texts are decoded all at once.
 */
export class PieceReader {
  count = 0;
  #scores: Float32Array = new Float32Array(0);
  #types: Uint8Array = new Uint8Array(0);
  #bytes: Uint8Array = new Uint8Array(0); // each text followed by a 0 byte
  #length = 0;

  /**
   * Reads the pieces at the start of a file as long as they are in the form in which SentencePiece writes them: a text
   * below 120 bytes, a score, and a type unless it's normal. Returns the place of what follows.
   */
  readPlain(file: Uint8Array): number {
    // Room for all there can be, at once: memory that isn't written to costs nothing, and to write to it the first time does.
    const most = Math.min(MAX_PIECES, Math.max(ROOM, Math.floor(file.length / 10)));
    const bytes = new Uint8Array(Math.min(MAX_VOCABULARY_BYTES, file.length + 1));
    const scores = new Float32Array(most);
    const scoreBits = new Int32Array(scores.buffer);
    const types = new Uint8Array(most);
    let length = 0;
    let count = 0;
    let at = 0;
    for (; count < most; count++) {
      const size = file[at + 1]!;
      const textLength = file[at + 3]!;
      const scoreAt = at + 4 + textLength;
      const isTyped = size === textLength + 9;
      if (file[at] !== 0x0a || file[at + 2] !== 0x0a || file[scoreAt] !== 0x15 || textLength === 0) break;
      if (size > 127 || !(isTyped || size === textLength + 7) || at + 2 + size > file.length) break;
      const type = isTyped ? file[scoreAt + 6]! : 1;
      if ((isTyped && file[scoreAt + 5] !== 0x18) || PIECE_TYPES[type] === undefined) break;
      const upper = (file[scoreAt + 4]! << 8) | file[scoreAt + 3]!;
      if ((upper & 0x7f80) === 0x7f80) break; // no finite number
      if (length + textLength + 1 > bytes.length) break;
      scoreBits[count] = (upper << 16) | (file[scoreAt + 2]! << 8) | file[scoreAt + 1]!;
      types[count] = type;
      for (let from = at + 4; from < scoreAt; from++) bytes[length++] = file[from]!;
      bytes[length++] = 0;
      at += 2 + size;
    }
    this.#bytes = bytes;
    this.#scores = scores;
    this.#types = types;
    this.#length = length;
    this.count = count;
    return at;
  }

  /**
   * Reads a piece in any form.
   *
   * @param file What the reader reads.
   */
  read(reader: MessageReader, file: Uint8Array): void {
    if (this.count === MAX_PIECES) throw new ModelFileError("pieces", `expected at most ${MAX_PIECES}, got more`);
    let start = 0;
    let end = 0;
    let score = 0;
    let type = 1;
    while (reader.next()) {
      if (reader.field === 1) ({ start, end } = reader.range("piece"));
      else if (reader.field === 2) score = reader.float("score");
      else if (reader.field === 3) {
        type = reader.int32("type");
        if (PIECE_TYPES[type] === undefined) throw reader.error("type", `expected a number from 1 to 6, got ${type}`);
      } else reader.skip();
    }
    if (start === end) throw reader.error("piece", "expected a text that isn't empty");
    if (end - start >= MAX_PIECE_BYTES) {
      throw reader.error("piece", `expected fewer than ${MAX_PIECE_BYTES} bytes, got ${end - start}`);
    }
    this.#append(file.subarray(start, end));
    if (this.count === this.#scores.length) {
      this.#scores = copyInto(new Float32Array(this.count * 2), this.#scores);
      this.#types = copyInto(new Uint8Array(this.count * 2), this.#types);
    }
    this.#scores[this.count] = score;
    this.#types[this.count] = type;
    this.count++;
  }

  finish(): Piece[] {
    if (this.count === 0) return [];
    const bytes = this.#bytes.subarray(0, this.#length - 1);
    const texts = decodeUtf8(bytes)?.split("\0");
    if (texts?.length !== this.count) throw this.#firstProblem(bytes);
    const scores = this.#scores;
    const types = this.#types;
    const pieces: Piece[] = [];
    for (let i = 0; i < texts.length; i++) {
      pieces.push({ piece: texts[i]!, score: scores[i]!, type: PIECE_TYPES[types[i]!]! });
    }
    return pieces;
  }

  #append(text: Uint8Array): void {
    const length = this.#length + text.length + 1;
    if (length > MAX_VOCABULARY_BYTES) {
      throw new ModelFileError("pieces", `expected at most ${MAX_VOCABULARY_BYTES} bytes in all, got more`);
    }
    if (length > this.#bytes.length) this.#bytes = copyInto(new Uint8Array(length * 2), this.#bytes);
    this.#bytes.set(text, this.#length);
    this.#bytes[length - 1] = 0;
    this.#length = length;
  }

  /** The first text that isn't UTF-8. If all are, one of them has a 0 byte. */
  #firstProblem(bytes: Uint8Array): ModelFileError {
    let start = 0;
    for (let i = 0; start <= bytes.length; i++) {
      const end = bytes.indexOf(0, start);
      const text = decodeUtf8(bytes.subarray(start, end < 0 ? bytes.length : end));
      if (text === undefined) return new ModelFileError(`pieces[${i}].piece`, "expected text in UTF-8");
      start = end < 0 ? bytes.length + 1 : end + 1;
    }
    return new ModelFileError("pieces", "expected texts without U+0000");
  }
}

function copyInto<T extends Float32Array | Uint8Array>(larger: T, array: T): T {
  larger.set(array as never);
  return larger;
}
