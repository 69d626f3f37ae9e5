import { byteOfCharacter, isBytePiece } from "../byte-alphabet.js";

/** The text whose bytes the pieces' characters stand for; bytes that aren't UTF-8 give U+FFFD. */
export function decodeByteLevel(pieces: readonly string[]): string[] {
  const parts = pieces.map(bytesOfPiece);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return [UTF8.decode(bytes)];
}

/** The bytes of a piece: those its characters stand for, or of its own UTF-8 if one of them stands for none. */
export function bytesOfPiece(piece: string): Uint8Array {
  if (!isBytePiece(piece)) return new TextEncoder().encode(piece);
  return Uint8Array.from(piece, (character) => byteOfCharacter(character.charCodeAt(0)));
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
