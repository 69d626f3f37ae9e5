import type { MessageReader } from "./message-reader.js";
import { ModelFileError } from "./model-file-error.js";
import { PackedPieces, PIECE_TYPES } from "./packed-pieces.js";

/** The largest vocabulary we know of has 902,000 pieces. */
export const MAX_PIECES: number = 2 ** 20;

/** Of all pieces together, in bytes; each can become a node of a trie. */
export const MAX_VOCABULARY_BYTES: number = 2 ** 23;

/** SentencePiece allows pieces below 8000 bytes. */
const MAX_PIECE_BYTES = 8000;

/** There's room for so many pieces in any case. */
const ROOM = 64;

/** Reads the pieces of a .model file, which are most of it. */
export class PieceReader {
  count = 0;
  #scores: Float64Array = new Float64Array(0);
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
    const scores = new Float64Array(most);
    const float = new Float32Array(1);
    const floatBits = new Int32Array(float.buffer);
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
      floatBits[0] = (upper << 16) | (file[scoreAt + 2]! << 8) | file[scoreAt + 1]!;
      scores[count] = float[0]!;
      types[count] = type;
      let to = length;
      let from = at + 4;
      while (from < scoreAt && file[from] !== 0) bytes[to++] = file[from++]!;
      if (from < scoreAt) break; // a 0 byte
      bytes[to++] = 0;
      length = to;
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
    const text = file.subarray(start, end);
    if (text.includes(0)) throw reader.error("piece", "expected text without U+0000");
    this.#append(text);
    if (this.count === this.#scores.length) {
      this.#scores = copyInto(new Float64Array(this.count * 2), this.#scores);
      this.#types = copyInto(new Uint8Array(this.count * 2), this.#types);
    }
    this.#scores[this.count] = score;
    this.#types[this.count] = type;
    this.count++;
  }

  finish(): PackedPieces {
    const bytes = this.#bytes.subarray(0, this.#length);
    const wrong = firstNotUtf8(bytes);
    if (wrong >= 0) {
      let id = 0;
      for (let at = 0; at < wrong; at++) if (bytes[at] === 0) id++;
      throw new ModelFileError(`pieces[${id}].piece`, "expected text in UTF-8");
    }
    return new PackedPieces(bytes, this.#scores.subarray(0, this.count), this.#types.subarray(0, this.count));
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
}

/** The place of the first byte that can't stand there in UTF-8, or -1. A decoder would write all of the text. */
function firstNotUtf8(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i]!;
    if (first < 0x80) {
      i++;
      continue;
    }
    const second = bytes[i + 1]!;
    if (first < 0xc2 || first > 0xf4 || (second & 0xc0) !== 0x80) return i;
    if (first < 0xe0) {
      i += 2;
      continue;
    }
    // Surrogates, what's above U+10FFFF, and what would fit fewer bytes.
    if (first === 0xed ? second > 0x9f : first === 0xf4 ? second > 0x8f : false) return i;
    if ((first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)) return i;
    if ((bytes[i + 2]! & 0xc0) !== 0x80 || (first >= 0xf0 && (bytes[i + 3]! & 0xc0) !== 0x80)) return i;
    i += first < 0xf0 ? 3 : 4;
  }
  return -1;
}

function copyInto<T extends Float64Array | Uint8Array>(larger: T, array: T): T {
  larger.set(array as never);
  return larger;
}
