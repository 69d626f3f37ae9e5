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

/**
 * Reads the pieces of a .model file.
 *
 * Their texts are collected and decoded all at once: one by one, that would be most of the time that a file takes.
 */
export class PieceReader {
  count = 0;
  readonly #scores: number[] = [];
  readonly #types: PieceType[] = [];
  #bytes: Uint8Array = new Uint8Array(1 << 16); // each text followed by a 0 byte
  #length = 0;

  /** @param file What the reader reads. */
  read(reader: MessageReader, file: Uint8Array): void {
    if (this.count === MAX_PIECES) throw new ModelFileError("pieces", `expected at most ${MAX_PIECES}, got more`);
    let start = 0;
    let end = 0;
    let score = 0;
    let type: PieceType = "normal";
    while (reader.next()) {
      if (reader.field === 1) ({ start, end } = reader.range("piece"));
      else if (reader.field === 2) score = reader.float("score");
      else if (reader.field === 3) {
        const number = reader.int32("type");
        const known = PIECE_TYPES[number];
        if (known === undefined) throw reader.error("type", `expected a number from 1 to 6, got ${number}`);
        type = known;
      } else reader.skip();
    }
    if (start === end) throw reader.error("piece", "expected a text that isn't empty");
    if (end - start >= MAX_PIECE_BYTES) {
      throw reader.error("piece", `expected fewer than ${MAX_PIECE_BYTES} bytes, got ${end - start}`);
    }
    this.#append(file, start, end);
    this.#scores.push(score);
    this.#types.push(type);
    this.count++;
  }

  finish(): Piece[] {
    if (this.count === 0) return [];
    const bytes = this.#bytes.subarray(0, this.#length - 1);
    const texts = decodeUtf8(bytes)?.split("\0");
    if (texts?.length !== this.count) throw this.#firstProblem(bytes);
    const pieces: Piece[] = [];
    for (let i = 0; i < texts.length; i++)
      pieces.push({ piece: texts[i]!, score: this.#scores[i]!, type: this.#types[i]! });
    return pieces;
  }

  #append(file: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start + 1;
    if (length > MAX_VOCABULARY_BYTES) {
      throw new ModelFileError("pieces", `expected at most ${MAX_VOCABULARY_BYTES} bytes in all, got more`);
    }
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    for (let from = start, to = this.#length; from < end; from++, to++) bytes[to] = file[from]!;
    bytes[length - 1] = 0;
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
