import { characterEnd } from "../character-end.js";
import { classAt, HAN, LETTER, LINE_BREAK, MARK, NUMBER, OTHER, SPACE } from "./character-classes.js";
import { type Cutter, MAX_BOUNDS } from "./words.js";

/** Cuts text into words before byte pair encoding: contractions, letters, digits and signs with the space before them. */
export const GPT2_PATTERN: string =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** As GPT-4 (cl100k): at most three digits in a word, any one sign in front of letters, line breaks by themselves. */
export const GPT4_PATTERN: string = gpt4Pattern("\\p{N}{1,3}");

const QWEN2_PATTERN = gpt4Pattern("\\p{N}");

const MAX_LETTERS = 32;
const MAX_SIGNS = 16;

/**
 * As GPT-4's, with marks kept at their letters, the space before digits kept at them, and a bound on runs of letters, Han
 * or others: scripts without spaces otherwise make whole sentences one word, which is seen once.
 */
export const MULTILINGUAL_PATTERN: string =
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|(?:(?=\\p{L})\\p{Han}){1,${MAX_LETTERS}}` +
  `|[^\\r\\n\\p{L}\\p{N}]?(?:(?!(?=\\p{L})\\p{Han})[\\p{L}\\p{M}]){1,${MAX_LETTERS}}| ?\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*` +
  "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/**
 * Cuts the words of metaspace training, which may begin with the mark: letters, digits, spaces other than the plain one
 * and signs apart, and Han characters from other letters, with the same bounds.
 */
export const METASPACE_PATTERN: string =
  `▁?(?:(?=\\p{L})\\p{Han}){1,${MAX_LETTERS}}|▁?(?:(?!(?=\\p{L})\\p{Han})[\\p{L}\\p{M}]){1,${MAX_LETTERS}}|▁?\\p{N}{1,3}` +
  `|▁?\\s{1,${MAX_SIGNS}}|▁?[^\\s\\p{L}\\p{M}\\p{N}]{1,${MAX_SIGNS}}`;

function gpt4Pattern(digits: string): string {
  return (
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*` +
    "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
  );
}

/** The scanner written by hand for a pattern, if there's one: it finds what the regular expression does, in a third of the time or less. */
export function scannerFor(pattern: string): Cutter | undefined {
  switch (pattern) {
    case GPT2_PATTERN:
      return scan(gpt2End);
    case GPT4_PATTERN:
      return scan((text, at, end) => gpt4End(text, at, end, 3, false));
    case QWEN2_PATTERN:
      return scan((text, at, end) => gpt4End(text, at, end, 1, false));
    case MULTILINGUAL_PATTERN:
      return scan((text, at, end) => gpt4End(text, at, end, 3, true));
    case METASPACE_PATTERN:
      return scan(metaspaceEnd);
    default:
      return undefined;
  }
}

const SPACE_UNIT = 0x20;
const APOSTROPHE = 0x27;

/** Cuts words one after the other: `wordEnd` gives the end of the one that begins at `at`. */
function scan(wordEnd: (text: string, at: number, end: number) => number): Cutter {
  return (text, start, end, bounds) => {
    let at = start;
    do {
      bounds.push(at);
      at = wordEnd(text, at, end);
      bounds.push(at);
    } while (at < end && bounds.length < MAX_BOUNDS);
    return at;
  };
}

function gpt2End(text: string, at: number, end: number): number {
  const to = contractionEnd(text, at, end, CONTRACTION);
  if (to > at) return to;
  const first = classAt(text, at);
  if (first < SPACE) return kindEnd(text, at, end, first);
  const next = at + 1 < end ? classAt(text, at + 1) : SPACE;
  return text.charCodeAt(at) === SPACE_UNIT && next < SPACE
    ? kindEnd(text, at + 1, end, next)
    : spacesEnd(text, at, end);
}

/** The end of the run of letters, of numbers or of signs that begins at `at` with class `first`. */
function kindEnd(text: string, at: number, end: number, first: number): number {
  if (first <= LETTER) return runEnd(text, at, end, HAN, LETTER, end);
  return first === NUMBER ? runEnd(text, at, end, NUMBER, NUMBER, end) : runEnd(text, at, end, MARK, OTHER, end);
}

/** The end of the word that begins at `at`: one stanza for each alternative of the pattern. */
function gpt4End(text: string, at: number, end: number, maxDigits: number, isMultilingual: boolean): number {
  const to = contractionEnd(text, at, end, CONTRACTION_IN_ANY_CASE);
  if (to > at) return to;

  const unit = text.charCodeAt(at);
  const first = classAt(text, at);
  if (isMultilingual && first === HAN) return runEnd(text, at, end, HAN, HAN, MAX_LETTERS);

  const low = isMultilingual ? LETTER : HAN; // what is a letter goes from here
  const high = isMultilingual ? MARK : LETTER; // to here
  const most = isMultilingual ? MAX_LETTERS : end;
  if (first <= LETTER) return runEnd(text, at, end, low, high, most);
  const second = characterEnd(text, at);
  const next = second < end ? classAt(text, second) : 0;
  if (first !== NUMBER && first !== LINE_BREAK && next >= low && next <= high)
    return runEnd(text, second, end, low, high, most);
  if (first <= high) return second;

  if (isMultilingual && unit === SPACE_UNIT && next === NUMBER) at = second;
  if (classAt(text, at) === NUMBER) return runEnd(text, at, end, NUMBER, NUMBER, maxDigits);

  if (first < SPACE || (unit === SPACE_UNIT && (next === MARK || next === OTHER))) {
    let to = runEnd(text, first < SPACE ? at : second, end, MARK, OTHER, end);
    while (to < end && classAt(text, to) === LINE_BREAK) to++;
    return to;
  }

  const run = runEnd(text, at, end, SPACE, LINE_BREAK, end);
  for (let to = run; to > at; to--) if (classAt(text, to - 1) === LINE_BREAK) return to;
  return spacesEnd(text, at, end);
}

function metaspaceEnd(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === METASPACE_UNIT && at + 1 < end) at++;
  const first = classAt(text, at);
  if (first === HAN) return runEnd(text, at, end, HAN, HAN, MAX_LETTERS);
  if (first <= MARK) return runEnd(text, at, end, LETTER, MARK, MAX_LETTERS);
  if (first === NUMBER) return runEnd(text, at, end, NUMBER, NUMBER, 3);
  return first === OTHER
    ? runEnd(text, at, end, OTHER, OTHER, MAX_SIGNS)
    : runEnd(text, at, end, SPACE, LINE_BREAK, MAX_SIGNS);
}

const METASPACE_UNIT = 0x2581;

/** The end of the run of at most `most` characters of the classes from `low` to `high`. */
function runEnd(text: string, at: number, end: number, low: number, high: number, most: number): number {
  for (let count = 0; at < end && count < most; count++) {
    const kind = classAt(text, at);
    if (kind < low || kind > high) break;
    at = characterEnd(text, at);
  }
  return at;
}

/** The end of the run of spaces, less the last one if something follows that it may belong to. */
function spacesEnd(text: string, at: number, end: number): number {
  const to = runEnd(text, at, end, SPACE, LINE_BREAK, end);
  return to < end && to - at > 1 ? to - 1 : to;
}

/** The end of 's, 't, 'm, 'd, 're, 've or 'll, or `at`. */
function contractionEnd(text: string, at: number, end: number, contraction: RegExp): number {
  if (text.charCodeAt(at) !== APOSTROPHE) return at;
  contraction.lastIndex = at;
  return contraction.test(text) && contraction.lastIndex <= end ? contraction.lastIndex : at;
}

const CONTRACTION = /'(?:[stmd]|re|ve|ll)/y;
const CONTRACTION_IN_ANY_CASE = /'(?:[stmd]|re|ve|ll)/iuy; // with u the long s is an s too, as to Oniguruma
