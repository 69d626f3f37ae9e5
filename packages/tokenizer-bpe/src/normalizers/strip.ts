import { sliceText } from "../aligned-text.js";
import { classAt, SPACE } from "../pre-tokenizers/character-classes.js";
import type { Normalizer } from "./normalizer.js";

/** Takes spaces off the start, the end or both. */
export function strip(left: boolean, right: boolean): Normalizer {
  return (input) => {
    const { text } = input;
    let start = 0;
    let end = text.length;
    if (left) while (start < end && isSpace(text, start)) start++;
    if (right) while (end > start && isSpace(text, end - 1)) end--;
    return sliceText(input, start, end);
  };
}

/** Unicode's White_Space: `\s` of JavaScript leaves out U+0085 and has U+FEFF too. */
export function isSpace(text: string, index: number): boolean {
  return classAt(text, index) >= SPACE;
}
