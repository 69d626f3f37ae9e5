/**
 * White space and words as Python has them, for the reference metrics are written in Python: `\x1c` to `\x1f` and
 * `\x85` separate words, a byte order mark doesn't, and a letter with an accent is a letter, which `\b` and `\w` of
 * JavaScript deny.
 */

/** Splits at white space and drops what is empty, as `str.split()`. */
export function splitWords(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== "");
}

/** Without white space at either end, as `str.strip()`. */
export function trimSpace(text: string): string {
  return trimSpaceEnd(text).replace(SPACES_AT_START, "");
}

/** Without white space at the end, as `str.rstrip()`. */
export function trimSpaceEnd(text: string): string {
  return text.replace(SPACES_AT_END, "");
}

/** Matches any of `list` where it stands as a whole word, as `\b(…)\b` does. The words are used as they are. */
export function wholeWords(list: readonly string[]): RegExp {
  return new RegExp(`(?<![${WORD}])(?:${list.join("|")})(?![${WORD}])`, "gu");
}

/** One character that belongs to no word, as `\W`. */
export const NOT_WORD: RegExp = /[^\p{L}\p{N}_]/gu;

/** ASCII punctuation, as `string.punctuation`. */
export const ASCII_PUNCTUATION: RegExp = /[!-/:-@[-`{-~]/g;

const WORD = "\\p{L}\\p{N}_";
const SPACE = "\\p{White_Space}\\u001c-\\u001f";
const SPACES = new RegExp(`[${SPACE}]+`, "u");
const SPACES_AT_START = new RegExp(`^[${SPACE}]+`, "u");
const SPACES_AT_END = new RegExp(`(?<![${SPACE}])[${SPACE}]+$`, "u");
