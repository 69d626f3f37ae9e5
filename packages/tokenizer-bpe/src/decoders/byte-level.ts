import { byteOfCharacter } from "../byte-alphabet.js";

/** The text whose bytes the pieces' characters stand for; bytes that aren't UTF-8 give U+FFFD. */
export function decodeByteLevel(pieces: readonly string[]): string[] {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + mostBytes(piece), 0));
  let length = 0;
  for (const piece of pieces) length = writePiece(piece, bytes, length);
  return [UTF8.decode(bytes.subarray(0, length))];
}

/** The bytes of a piece: those its characters stand for, or of its own UTF-8 if one of them stands for none. */
export function bytesOfPiece(piece: string): Uint8Array {
  const bytes = new Uint8Array(mostBytes(piece));
  return bytes.subarray(0, writePiece(piece, bytes, 0));
}

/** Writes a piece's bytes from `start` on, and returns where they end. */
function writePiece(piece: string, bytes: Uint8Array, start: number): number {
  for (let i = 0; i < piece.length; i++) {
    const byte = byteOfCharacter(piece.charCodeAt(i));
    if (byte < 0) return start + new TextEncoder().encodeInto(piece, bytes.subarray(start)).written;
    bytes[start + i] = byte;
  }
  return start + piece.length;
}

function mostBytes(piece: string): number {
  return piece.length * 3; // UTF-8 takes up to three bytes for a unit
}

export const UTF8: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
