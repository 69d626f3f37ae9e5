import { replace } from "../normalizers/replace.js";
import type { Pattern } from "../pattern.js";
import type { Decoder } from "./decoder.js";

/** Writes `content` for everything the pattern finds in a piece. */
export function decodeReplace(pattern: Pattern, content: string): Decoder {
  const change = replace(pattern, content);
  return (pieces) => pieces.map((piece) => change({ text: piece, offset: 0 }).text);
}
