import type { Decoder } from "./decoder.js";

/** Writes a space for each mark; none for those of the first piece if encoding put one there. */
export function decodeMetaspace(replacement: string, wasPrepended: boolean): Decoder {
  return (pieces) =>
    pieces.map((piece, index) => piece.replaceAll(replacement, index === 0 && wasPrepended ? "" : " "));
}
