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
  #scores: Float32Array = new Float32Array(0);
  #types: Uint8Array = new Uint8Array(0);
  #starts: Int32Array = new Int32Array(0);
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
    const starts = new Int32Array(most);
    const scores = new Float32Array(most);
    const scoreBits = new Int32Array(scores.buffer); // numbers with a fraction are objects until this is compiled
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
      const type = isTyped ? file[scoreAt + 6]! : NORMAL;
      if ((isTyped && file[scoreAt + 5] !== 0x18) || PIECE_TYPES[type] === undefined) break;
      const upper = (file[scoreAt + 4]! << 8) | file[scoreAt + 3]!;
      if ((upper & 0x7f80) === 0x7f80) break; // no finite number
      if (length + textLength + 1 > bytes.length) break;
      const next = copyUtf8(file, at + 4, scoreAt, bytes, length);
      if (next < 0) break;
      starts[count] = length;
      scoreBits[count] = (upper << 16) | (file[scoreAt + 2]! << 8) | file[scoreAt + 1]!;
      types[count] = type;
      length = next + 1;
      at += 2 + size;
    }
    this.#bytes = bytes;
    this.#starts = starts;
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
    let type = NORMAL;
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
    this.#makeRoom(end - start);
    const next = copyUtf8(file, start, end, this.#bytes, this.#length);
    if (next < 0) {
      const isNul = file.subarray(start, end).includes(0);
      throw reader.error("piece", isNul ? "expected text without U+0000" : "expected text in UTF-8");
    }
    this.#starts[this.count] = this.#length;
    this.#scores[this.count] = score;
    this.#types[this.count] = type;
    this.#length = next + 1;
    this.count++;
  }

  finish(): PackedPieces {
    return new PackedPieces(
      this.#bytes.subarray(0, this.#length),
      this.#starts.subarray(0, this.count),
      this.#scores.subarray(0, this.count),
      this.#types.subarray(0, this.count),
    );
  }

  #makeRoom(textLength: number): void {
    const length = this.#length + textLength + 1;
    if (length > MAX_VOCABULARY_BYTES) {
      throw new ModelFileError("pieces", `expected at most ${MAX_VOCABULARY_BYTES} bytes in all, got more`);
    }
    if (length > this.#bytes.length) this.#bytes = copyInto(new Uint8Array(length * 2), this.#bytes);
    if (this.count < this.#scores.length) return;
    const most = this.count * 2;
    this.#starts = copyInto(new Int32Array(most), this.#starts);
    this.#scores = copyInto(new Float32Array(most), this.#scores);
    this.#types = copyInto(new Uint8Array(most), this.#types);
  }
}

const NORMAL = PIECE_TYPES.indexOf("normal");

/** Copies `file[from, end)` to `bytes`, and returns where it ends there, or -1 if it isn't UTF-8 or has a 0 byte. A decoder would write a text. */
function copyUtf8(file: Uint8Array, from: number, end: number, bytes: Uint8Array, to: number): number {
  while (from < end) {
    const first = file[from++]!;
    bytes[to++] = first;
    if (first < 0x80) {
      if (first === 0) return -1;
      continue;
    }
    // The first byte of more than one says how many, and which the next can be: no surrogates, nothing above U+10FFFF,
    // nothing that would fit fewer bytes.
    let more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    const second = file[from]!;
    if (first < 0xc2 || first > 0xf4 || from + more > end) return -1;
    if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return -1;
    if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return -1;
    for (; more > 0; more--) {
      const byte = file[from++]!;
      if ((byte & 0xc0) !== 0x80) return -1;
      bytes[to++] = byte;
    }
  }
  return to;
}

function copyInto<T extends Float32Array | Int32Array | Uint8Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}
