/** How many bytes the character has that begins with `byte`. */
export function characterLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/** How many bytes `text[start, end)` has in UTF-8. */
export function utf8Length(text: string, start = 0, end: number = text.length): number {
  let length = end - start;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2; // half of a pair has two bytes
  }
  return length;
}

/** The bytes of texts, one text at a time, in a buffer that is used again. */
export class Utf8Buffer {
  bytes: Uint8Array = new Uint8Array(4096);

  /** Writes a text and returns how many bytes it has; half a surrogate pair becomes U+FFFD. */
  write(text: string): number {
    // Not three bytes for each unit at once: that would be most of the memory of a long text in ASCII.
    let { read, written } = ENCODER.encodeInto(text, this.bytes);
    while (read < text.length) {
      const larger = new Uint8Array(written + (text.length - read) * 3);
      larger.set(this.bytes.subarray(0, written));
      this.bytes = larger;
      const rest = ENCODER.encodeInto(text.slice(read), larger.subarray(written));
      read += rest.read;
      written += rest.written;
    }
    return written;
  }
}

/** Turns places in UTF-8 into places in the text; they must come in order. */
export class PlaceCounter {
  readonly #bytes: Uint8Array;
  readonly #countsUnits: boolean;
  #byte = 0;
  #count = 0;

  constructor(bytes: Uint8Array, counted: "utf16" | "code-points") {
    this.#bytes = bytes;
    this.#countsUnits = counted === "utf16";
  }

  /** UTF-16 units or code points before byte `place`. */
  before(place: number): number {
    for (; this.#byte < place; this.#byte++) {
      const byte = this.#bytes[this.#byte]!;
      if ((byte & 0xc0) !== 0x80) this.#count += byte >= 0xf0 && this.#countsUnits ? 2 : 1;
    }
    return this.#count;
  }
}

const ENCODER = new TextEncoder();
