/** How a text becomes the words that ROUGE compares. */
export type RougeTokenizer = (text: string) => string[];

/**
 * Words of scripts that ROUGE's own tokenizer drops, by name:
 *
 * - `unicode`: runs of letters, marks and digits of any script, lowered.
 * - `zh`: the same, but each Han, Hiragana or Katakana character is a word, since nothing divides words there.
 */
export const ROUGE_TOKENIZERS: Readonly<Record<"unicode" | "zh", RougeTokenizer>> = {
  unicode: (text) => text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
  zh: (text) => text.toLowerCase().match(CHARACTERS_AND_WORDS) ?? [],
};

const CHARACTERS_AND_WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}])+/gu;

/**
 * Refuses a text of which ROUGE's own tokenizer keeps less than half of the letters, or of the digits: its scores would be
 * those of what is left, such as a year.
 */
export function checkAsciiText(text: string): void {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const keepsLetters = 2 * count(/[a-z]/gi) >= count(/\p{L}/gu);
  const keepsDigits = 2 * count(/[0-9]/g) >= count(/\p{Nd}/gu);
  if (keepsLetters && keepsDigits) return;
  const names = Object.keys(ROUGE_TOKENIZERS).join(", ");
  throw new RangeError(
    `rouge: expected a text in a to z and 0 to 9, which ROUGE's own tokenizer keeps, or a tokenizer (${names}, or a ` +
      `function), got ${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)}`,
  );
}
