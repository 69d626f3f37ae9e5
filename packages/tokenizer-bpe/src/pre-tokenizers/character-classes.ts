/** What a character is to the word patterns; each is one of these. Their order makes what patterns ask for ranges. */
export const HAN = 1; // a letter of that script
export const LETTER = 2; // any other
export const MARK = 3; // combining
export const OTHER = 4;
export const NUMBER = 5;
export const SPACE = 6;
export const LINE_BREAK = 7; // line feed and carriage return; the other line separators are spaces

/** The class of the character at `index`. */
export function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const code = unit < 0xd800 || unit > 0xdfff ? unit : text.codePointAt(index)!;
  const known = CLASSES[code]!;
  return known !== 0 ? known : (CLASSES[code] = classify(code));
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
