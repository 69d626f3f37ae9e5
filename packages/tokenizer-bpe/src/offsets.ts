import { characterEnd } from "./character-end.js";
import { isSpace } from "./normalizers/strip.js";
import type { SpelledText } from "./spelled-text.js";

/**
 * Takes as many characters off the ends of each id's range, from number `from` on, as its piece has spaces there (Hugging
 * Face's `trim_offsets`).
 *
 * @param addsPrefixSpace Whether a single space in front of the first piece may be one that encoding put there, for which
 *   no character of the text stands.
 */
export function trimOffsets(
  text: string,
  pieceAt: (index: number) => string,
  { items, length }: SpelledText,
  from: number,
  addsPrefixSpace: boolean,
): void {
  for (let index = from; index < length; index++) {
    const piece = pieceAt(index);
    let start = items[index * 4 + 1]!;
    let end = items[index * 4 + 2]!;
    let leading = 0;
    while (leading < piece.length && isTrimmed(piece, leading)) leading++;
    let trailing = 0;
    while (trailing < piece.length && isTrimmed(piece, piece.length - 1 - trailing)) trailing++;
    if (leading === 1 && addsPrefixSpace && (index === from || start === 0)) leading = 0;
    for (; leading > 0 && start < end; leading--) start = characterEnd(text, start);
    for (; trailing > 0 && start < end; trailing--)
      end -= end - start > 1 && text.codePointAt(end - 2)! > 0xffff ? 2 : 1;
    items[index * 4 + 1] = start;
    items[index * 4 + 2] = end;
  }
}

function isTrimmed(piece: string, at: number): boolean {
  return piece[at] === "Ġ" || isSpace(piece, at);
}

/** Turns offsets that count UTF-16 units into such that count code points. */
export function countCodePoints(text: string, offsets: readonly [number, number][]): void {
  const before = codePointsBefore(text);
  for (const range of offsets) {
    range[0] = before[range[0]]!;
    range[1] = before[range[1]]!;
  }
}

/** How many code points come before each unit; both halves of a pair count as one, together. */
export function codePointsBefore(text: string): Int32Array {
  const before = new Int32Array(text.length + 1);
  let points = 0;
  for (let at = 0; at < text.length; at++) {
    before[at] = points;
    if (text.codePointAt(at)! > 0xffff) before[++at] = points;
    points++;
  }
  before[text.length] = points;
  return before;
}
