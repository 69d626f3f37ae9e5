import type { Decoder } from "./decoder.js";

/** Takes up to `start` of the character `content` off the beginning of each piece, up to `stop` off its end. */
export function decodeStrip(content: string, start: number, stop: number): Decoder {
  return (pieces) =>
    pieces.map((piece) => {
      let from = 0;
      for (let i = 0; i < start && piece.startsWith(content, from); i++) from += content.length;
      let to = piece.length;
      for (let i = 0; i < stop && to - content.length >= from && piece.endsWith(content, to); i++) to -= content.length;
      return piece.slice(from, to);
    });
}
