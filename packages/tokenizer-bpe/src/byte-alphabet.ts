/**
 * The alphabet of byte-level pieces: one printable character for each of the 256 bytes.
 *
 * Bytes that are printable in Latin-1 stand for themselves, the other 68 are written as U+0100 and up in their order; so
 * a space is `Ġ` and a line break `Ċ`. Radford et al. 2019 (GPT-2).
 */
export const BYTE_CHARACTERS: readonly string[] = makeByteCharacters();

/** A text with every byte of its UTF-8 written as its character. */
export function byteCharacters(text: string): string {
  let written = "";
  for (const character of text) for (const byte of utf8(character.codePointAt(0)!)) written += BYTE_CHARACTERS[byte];
  return written;
}

/** The byte that a UTF-16 unit stands for in a byte-level piece, or -1. */
export function byteOfCharacter(unit: number): number {
  return unit < BYTES.length ? BYTES[unit]! : -1;
}

/** The bytes of a code point in UTF-8. */
export function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  const end = [0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return code < 0x10000 ? [0xe0 | (code >> 12), ...end] : [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), ...end];
}

function makeByteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

const BYTES = new Int16Array(0x100 + 68).fill(-1);
for (const [byte, character] of BYTE_CHARACTERS.entries()) BYTES[character.charCodeAt(0)] = byte;
