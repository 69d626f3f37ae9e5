/** Where the character ends that begins at `at`. */
export function characterEnd(text: string, at: number): number {
  return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
}

/** Calls `visit` with start and end of each grapheme of `text[start, end)`. */
export function eachGrapheme(
  text: string,
  start: number,
  end: number,
  visit: (from: number, to: number) => void,
): void {
  let size = PART;
  for (let at = start; at < end; ) {
    const next = characterEnd(text, at);
    // Characters that join nothing, and that nothing joins, are most; they need no segmenter, which is slow.
    if (next === end || (isAlone(text.charCodeAt(at)) && isAlone(text.charCodeAt(next)))) {
      visit(at, next);
      at = next;
      continue;
    }
    const part = text.slice(at, Math.min(at + size, end));
    const isCut = at + size < end;
    const from = at;
    for (const { segment, index } of segments(part)) {
      // What reaches to the end of the part may go on after it.
      if (isCut && index + segment.length === part.length) break;
      visit(from + index, from + index + segment.length);
      at = from + index + segment.length;
    }
    size = at === from ? size * 2 : PART;
  }
}

/** How much of a text is handed to the segmenter at once. */
const PART = 256;

/**
 * Whether a unit is a character that is a grapheme by itself if one like it follows: ASCII but line breaks, Latin,
 * Cyrillic, punctuation, symbols, kana, Han.
 */
function isAlone(unit: number): boolean {
  if (unit < 0x300) return unit >= 0x20 && unit !== 0xad && (unit < 0x7f || unit >= 0xa0);
  if (unit < 0x2010) return (unit >= 0x370 && unit < 0x483) || (unit >= 0x48a && unit < 0x530);
  if (unit < 0x2c00)
    return unit < 0x2028 || (unit >= 0x2030 && unit < 0x205f) || (unit >= 0x2070 && unit < 0x20d0) || unit >= 0x2100;
  if (unit < 0x3400)
    return (unit >= 0x3001 && unit < 0x302a) || (unit >= 0x3041 && unit < 0x3097) || (unit >= 0x30a0 && unit < 0x3100);
  return unit < 0xa000 || (unit >= 0xff01 && unit < 0xff9e);
}

let segmenter: Intl.Segmenter | undefined;

function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return segmenter.segment(text);
}
