import type { Pattern } from "../pattern.js";
import type { Decoder } from "./decoder.js";

/** Writes `content` for everything the pattern finds in a piece. */
export function decodeReplace(pattern: Pattern, content: string): Decoder {
  return (pieces) =>
    pieces.map((piece) => {
      const spans: number[] = [];
      pattern.find(piece, 0, piece.length, spans);
      let text = "";
      let at = 0;
      for (let i = 0; i < spans.length; i += 2) {
        text += piece.slice(at, spans[i]) + content;
        at = spans[i + 1]!;
      }
      return text + piece.slice(at);
    });
}
