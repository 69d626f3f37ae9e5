import { INHERITED, scriptOf } from "../normalization/unicode-script.js";

/** Which texts may become pieces; what SentencePiece's flags of the same names say. */
export type PieceRules = {
  readonly maxPieceLength: number;
  readonly splitByUnicodeScript: boolean;
  readonly splitByNumber: boolean;
  readonly splitByWhitespace: boolean;
  readonly splitDigits: boolean;
  readonly spaceAtEnd: boolean;
};

/** Stands for characters that are too rare to have a piece. */
export const RARE = 0x2585;

/** Stands where a piece can't reach across: for special pieces in the text. */
export const BORDER = 0x09;

export const SPACE_MARK = 0x2581;

/** Whether the characters `codePoints[start, end)` may be a piece. */
export function isPiece(codePoints: ArrayLike<number>, start: number, end: number, rules: PieceRules): boolean {
  const length = end - start;
  if (length === 0 || length > rules.maxPieceLength) return false;
  let before = ANY;
  for (let i = start; i < end; i++) {
    const code = codePoints[i]!;
    if (code === RARE || code === BORDER || code === 0 || code === 0x20) return false;
    if (code === SPACE_MARK) {
      if (!isSpaceAllowed(i - start, length, rules)) return false;
      continue;
    }
    let script = scriptOf(code);
    if (script === INHERITED) script = before;
    if (isDigit(code)) {
      if (rules.splitDigits && length > 1) return false;
      if (!rules.splitByNumber) script = ANY;
    }
    if (rules.splitByUnicodeScript && script !== ANY && before !== ANY && script !== before) return false;
    before = script;
  }
  return true;
}

const ANY = -2;

/** The mark of a space stands at the start of a piece (or at its end); inside only if pieces may reach across words. */
function isSpaceAllowed(at: number, length: number, { splitByWhitespace, spaceAtEnd }: PieceRules): boolean {
  if (spaceAtEnd) return at === length - 1 || (!splitByWhitespace && at > 0);
  return at === 0 || (!splitByWhitespace && at < length - 1);
}

function isDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0xff10 && code <= 0xff19);
}
