import { FIXED32, LENGTH_DELIMITED, VARINT } from "./wire-types.js";

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
