import { ModelFileError } from "./model-file-error.js";
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from "./wire-types.js";

/**
 * Reads a message in protocol buffers' wire format, field by field.
 *
 * `next` goes to a field; then one of the reading methods or `skip` must be called, once.
 */
export class MessageReader {
  /** The number of the current field. */
  field = 0;
  #wireType = 0;
  #at: number;
  #fieldStart: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #path: string;
  readonly #index: number;
  #fieldCount = 0;
  #others: Uint8Array = NO_BYTES;
  #othersLength = 0;

  constructor(bytes: Uint8Array, path = "", index = -1, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#fieldStart = start;
    this.#end = end;
    this.#path = path;
    this.#index = index; // joined to the path only in errors: there are as many messages as pieces
  }

  /** Goes to the next field; false at the end. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    if (++this.#fieldCount > MAX_FIELDS)
      throw this.error("a field", `expected at most ${MAX_FIELDS} of them, got more`);
    this.#fieldStart = this.#at;
    const tag = this.#varint("a field");
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    if (this.field === 0) throw this.error("a field", "has the number 0");
    return true;
  }

  int32(name: string): number {
    this.#expect(VARINT, name);
    return this.#varint(name) | 0;
  }

  uint64(name: string): number {
    this.#expect(VARINT, name);
    const value = this.#varint(name);
    if (!Number.isSafeInteger(value) || value < 0) throw this.error(name, "expected a number below 2^53, got more");
    return value;
  }

  boolean(name: string): boolean {
    this.#expect(VARINT, name);
    return this.#varint(name) !== 0;
  }

  float(name: string): number {
    this.#expect(FIXED32, name);
    const at = this.#advance(4, name);
    // By hand, since there's one in every piece, and making a view for each would take longer.
    const bytes = this.#bytes;
    FLOAT_BITS[0] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const value = FLOAT[0]!;
    if (!Number.isFinite(value)) throw this.error(name, `expected a finite number, got ${value}`);
    return value;
  }

  /** A view of the file, not a copy. */
  bytes(name: string): Uint8Array {
    const { start, end } = this.range(name);
    return this.#bytes.subarray(start, end);
  }

  /** Where in the file the bytes of a field are: a view costs more than a short text. */
  range(name: string): { readonly start: number; readonly end: number } {
    this.#expect(LENGTH_DELIMITED, name);
    const length = this.#varint(name);
    const start = this.#advance(length, name);
    return { start, end: start + length };
  }

  string(name: string): string {
    const text = decodeUtf8(this.bytes(name));
    if (text === undefined) throw this.error(name, "expected text in UTF-8");
    return text;
  }

  /** @param index The place in the list, if the field is a list. */
  message(name: string, index = -1): MessageReader {
    this.#expect(LENGTH_DELIMITED, name);
    const length = this.#varint(name);
    const at = this.#advance(length, name, index);
    return new MessageReader(this.#bytes, this.#path === "" ? name : this.at(name), index, at, at + length);
  }

  /** Passes over the current field, and keeps it among `otherFields`. */
  skip(): void {
    const name = "a field that isn't known";
    if (this.#wireType === VARINT) this.#varint(name);
    else if (this.#wireType === LENGTH_DELIMITED) this.range(name);
    else if (this.#wireType === FIXED32) this.#advance(4, name);
    else if (this.#wireType === FIXED64) this.#advance(8, name);
    else throw this.error(`field ${this.field}`, `has wire type ${this.#wireType}, which no field of a model has`);
    const length = this.#othersLength + this.#at - this.#fieldStart;
    if (length > this.#others.length) {
      const larger = new Uint8Array(Math.max(64, length * 2));
      larger.set(this.#others);
      this.#others = larger;
    }
    for (let at = this.#fieldStart; at < this.#at; at++) this.#others[this.#othersLength++] = this.#bytes[at]!;
  }

  /** The fields that were skipped as they stand in the file, with their numbers; undefined if there are none. */
  get otherFields(): Uint8Array | undefined {
    return this.#othersLength === 0 ? undefined : this.#others.slice(0, this.#othersLength);
  }

  at(name: string): string {
    const place = this.#index < 0 ? this.#path : `${this.#path}[${this.#index}]`;
    return place === "" ? name : `${place}.${name}`;
  }

  error(name: string, problem: string): ModelFileError {
    return new ModelFileError(this.at(name), problem);
  }

  #expect(wireType: number, name: string): void {
    if (this.#wireType !== wireType) {
      throw this.error(name, `expected wire type ${wireType}, got ${this.#wireType}`);
    }
  }

  #advance(length: number, name: string, index = -1): number {
    const at = this.#at;
    if (length > this.#end - at) {
      const field = index < 0 ? name : `${name}[${index}]`;
      throw this.error(field, `needs ${length} bytes at byte ${at}, where ${this.#end - at} are left`);
    }
    this.#at += length;
    return at;
  }

  /** Up to 64 bits. Exact below 2^53; above, the low 32 bits stay exact, which is what negative numbers need. */
  #varint(name: string): number {
    const first = this.#at < this.#end ? this.#bytes[this.#at]! : 0x80;
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#advance(1, name)]!;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x0f) << 28;
        high = (byte & 0x7f) >> 4;
      } else high += (byte & 0x7f) * 2 ** (shift - 32);
      if (byte < 0x80) return high >= 2 ** 31 ? low | 0 : high * 2 ** 32 + (low >>> 0);
    }
    throw this.error(name, "expected a number of at most 10 bytes, got a longer one");
  }
}

/** A vocabulary has at most half as many pieces, and nothing else in a model has more. */
const MAX_FIELDS = 2 ** 21;

const NO_BYTES = new Uint8Array(0);

/** Undefined if the bytes aren't UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const FLOAT: Float32Array = new Float32Array(1);
const FLOAT_BITS: Int32Array = new Int32Array(FLOAT.buffer);
