/** Text out of bytes that come one by one. */
export class Utf8Stream {
  readonly #replacement: string;
  /** The first byte of the character that is waited for, how many of its bytes are here and will be, and the bits in them. */
  #first = 0;
  #count = 0;
  #length = 0;
  #bits = 0;

  /** @param replacement What is written for each byte that is no part of a character. */
  constructor(replacement: string) {
    this.#replacement = replacement;
  }

  /** The text that is certain now that `byte` is here. */
  push(byte: number): string {
    if (this.#count === 0) return this.#begin(byte);
    if (!this.#isNext(byte)) return this.end() + this.#begin(byte);
    this.#bits = (this.#bits << 6) | (byte & 0x3f);
    if (++this.#count < this.#length) return "";
    this.#count = 0;
    return String.fromCodePoint(this.#bits);
  }

  /** The rest. The stream can be used for another text then. */
  end(): string {
    const rest = this.#replacement.repeat(this.#count);
    this.#count = 0;
    return rest;
  }

  #begin(byte: number): string {
    if (byte < 0x80) return String.fromCharCode(byte);
    const length = lengthOf(byte);
    if (length === 0) return this.#replacement;
    this.#first = byte;
    this.#count = 1;
    this.#length = length;
    this.#bits = byte & (0x7f >> length);
    return "";
  }

  /** Whether a byte can go on the character: not one longer than need be, no half of a surrogate pair, none above U+10FFFF. */
  #isNext(byte: number): boolean {
    if ((byte & 0xc0) !== 0x80) return false;
    if (this.#count > 1) return true;
    if (this.#first === 0xe0) return byte >= 0xa0;
    if (this.#first === 0xed) return byte < 0xa0;
    if (this.#first === 0xf0) return byte >= 0x90;
    return this.#first !== 0xf4 || byte < 0x90;
  }
}

/** How many bytes a character has that begins with `byte`, which isn't ASCII; 0 if none does. */
function lengthOf(byte: number): number {
  if (byte < 0xc2) return 0;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 0;
}
