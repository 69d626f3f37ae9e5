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
 * Refuses a text of which ROUGE's own tokenizer keeps less than half of the letters and digits: its scores would be those
 * of what is left, mostly nothing.
 */
export function checkAsciiText(text: string): void {
  const all = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const kept = text.match(/[a-zA-Z0-9]/g)?.length ?? 0;
  if (2 * kept >= all) return;
  const names = Object.keys(ROUGE_TOKENIZERS).join(", ");
  throw new RangeError(
    `rouge: expected a text in a to z and 0 to 9, which ROUGE's own tokenizer keeps, or a tokenizer (${names}, or a ` +
      `function), got ${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)}`,
  );
}
