/** What is wrong in a .model file, and where. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  /** The field, as in `pieces[3].score`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`SentencePiece model: ${path === "" ? "the file" : path}: ${problem}`);
    this.path = path;
  }
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

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
    const value = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 4).getFloat32(0, true);
    if (!Number.isFinite(value)) throw this.error(name, `expected a finite number, got ${value}`);
    return value;
  }

  /** A view of the file, not a copy. */
  bytes(name: string): Uint8Array {
    this.#expect(LENGTH_DELIMITED, name);
    const length = this.#varint(name);
    const at = this.#advance(length, name);
    return this.#bytes.subarray(at, at + length);
  }

  string(name: string): string {
    const bytes = this.bytes(name);
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw Object.assign(this.error(name, "expected text in UTF-8"), { cause });
    }
  }

  /** @param index The place in the list, if the field is a list. */
  message(name: string, index = -1): MessageReader {
    this.#expect(LENGTH_DELIMITED, name);
    const length = this.#varint(name);
    const at = this.#advance(length, name);
    return new MessageReader(this.#bytes, this.#path === "" ? name : this.at(name), index, at, at + length);
  }

  /** Passes over the current field and returns it as it stands in the file, with its number. */
  skip(): Uint8Array {
    const name = `field ${this.field}`;
    if (this.#wireType === VARINT) this.#varint(name);
    else if (this.#wireType === LENGTH_DELIMITED) this.bytes(name);
    else if (this.#wireType === FIXED32) this.#advance(4, name);
    else if (this.#wireType === FIXED64) this.#advance(8, name);
    else throw this.error(name, `has wire type ${this.#wireType}, which no field of a model has`);
    return this.#bytes.subarray(this.#fieldStart, this.#at);
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

  #advance(length: number, name: string): number {
    const at = this.#at;
    if (length > this.#end - at) {
      throw this.error(name, `needs ${length} bytes at byte ${at}, where ${this.#end - at} are left`);
    }
    this.#at += length;
    return at;
  }

  /** Up to 64 bits. Exact below 2^53; above, the low 32 bits stay exact, which is what negative numbers need. */
  #varint(name: string): number {
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

/** Writes a message in protocol buffers' wire format. */
export class MessageWriter {
  #bytes: Uint8Array = new Uint8Array(256);
  #length = 0;

  int32(field: number, value: number): void {
    this.#tag(field, VARINT);
    if (value >= 0) this.#varint(value);
    else {
      // A negative number is written as its 64 bits: the upper ones are all set.
      for (let i = 0, rest = value; i < 5; i++, rest >>= 7) this.#byte((rest & 0x7f) | 0x80);
      for (let i = 0; i < 4; i++) this.#byte(0xff);
      this.#byte(1);
    }
  }

  uint64(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  boolean(field: number, value: boolean): void {
    this.uint64(field, value ? 1 : 0);
  }

  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    const at = this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(at, value, true);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(value.length);
    this.raw(value);
  }

  string(field: number, value: string): void {
    this.bytes(field, new TextEncoder().encode(value));
  }

  /** Fields that are already in wire format. */
  raw(fields: Uint8Array): void {
    const at = this.#reserve(fields.length);
    this.#bytes.set(fields, at);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Forgets what was written, so that the writer can be used for another message. */
  clear(): void {
    this.#length = 0;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) this.#byte((value % 0x80) | 0x80);
    this.#byte(value);
  }

  #byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
