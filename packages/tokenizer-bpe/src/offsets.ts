import { characterEnd } from "./character-end.js";
import { isSpace } from "./normalizers/strip.js";

/**
 * Takes as many characters off the ends of each range as its piece has spaces there (Hugging Face's `trim_offsets`).
 *
 * @param addsPrefixSpace Whether a single space in front of the first piece may be one that encoding put there, for which
 *   no character of the text stands.
 */
export function trimOffsets(
  text: string,
  pieceAt: (index: number) => string,
  offsets: readonly [number, number][],
  addsPrefixSpace: boolean,
): void {
  for (let index = 0; index < offsets.length; index++) {
    const range = offsets[index]!;
    const piece = pieceAt(index);
    const isTrimmed = (at: number): boolean => piece[at] === "Ġ" || isSpace(piece, at);
    let leading = 0;
    while (leading < piece.length && isTrimmed(leading)) leading++;
    let trailing = 0;
    while (trailing < piece.length && isTrimmed(piece.length - 1 - trailing)) trailing++;
    if (leading === 1 && addsPrefixSpace && (index === 0 || range[0] === 0)) leading = 0;
    for (; leading > 0 && range[0] < range[1]; leading--) range[0] = characterEnd(text, range[0]);
    for (; trailing > 0 && range[0] < range[1]; trailing--) {
      range[1] -= range[1] - range[0] > 1 && text.codePointAt(range[1] - 2)! > 0xffff ? 2 : 1;
    }
  }
}

/** Turns offsets that count UTF-16 units into such that count code points. */
export function countCodePoints(text: string, offsets: readonly [number, number][]): void {
  const before = new Int32Array(text.length + 1);
  let points = 0;
  for (let at = 0; at < text.length; at++) {
    before[at] = points;
    // The second half of a pair counts with the first.
    if (text.codePointAt(at)! > 0xffff) before[++at] = points;
    points++;
  }
  before[text.length] = points;
  for (const range of offsets) {
    range[0] = before[range[0]]!;
    range[1] = before[range[1]]!;
  }
}
