/** What a character is to the word patterns; each character is one of these. In the order that lets ranges be compared. */
export const LETTER = 1; // but not of the script Han
export const HAN = 2; // a letter of it
export const NUMBER = 3;
export const MARK = 4; // combining
export const OTHER = 5;
export const SPACE = 6;
export const LINE_BREAK = 7; // line feed and carriage return; the other line separators are spaces

/** The class of the character at `index`. */
export function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const code = unit < 0xd800 || unit > 0xdfff ? unit : text.codePointAt(index)!;
  const known = CLASSES[code]!;
  return known !== 0 ? known : (CLASSES[code] = classify(code));
}

/** How many units the character at `index` has. */
export function unitsAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit < 0xdc00 && text.codePointAt(index)! > 0xffff ? 2 : 1;
}

const CLASSES = new Uint8Array(0x110000); // filled as characters are met

function classify(code: number): number {
  if (code === 10 || code === 13) return LINE_BREAK;
  const character = String.fromCodePoint(code);
  if (/\p{L}/u.test(character)) return /\p{Script=Han}/u.test(character) ? HAN : LETTER;
  if (/\p{N}/u.test(character)) return NUMBER;
  if (/\p{White_Space}/u.test(character)) return SPACE;
  return /\p{M}/u.test(character) ? MARK : OTHER;
}
