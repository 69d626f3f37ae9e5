import { splitWords } from "./words.js";

export type TerTokenizerOptions = {
  /** Whether punctuation is divided from words and XML entities are read. False by default. */
  normalized?: boolean;
  /** Whether punctuation is deleted. False by default. */
  removePunctuation?: boolean;
  /**
   * Whether the two above know Chinese and Japanese: ideographs become words of their own, and full-width punctuation
   * is punctuation. False by default.
   */
  asian?: boolean;
  /** Whether case counts. False by default. */
  caseSensitive?: boolean;
};

/**
 * The words that TER compares: by default the lowered text divided at white space.
 *
 * Tercom's rules as sacrebleu has them.
 */
export function terTokenize(
  text: string,
  { normalized = false, removePunctuation = false, asian = false, caseSensitive = false }: TerTokenizerOptions = {},
): string[] {
  let line = caseSensitive ? text : text.toLowerCase();
  if (normalized) line = normalize(line);
  // sacrebleu divides runs of kana only in a text that begins with one, and a normalized text begins with a space.
  if (normalized && asian) line = line.replace(ASIAN, " $& ");
  if (removePunctuation) line = line.replace(/[.,?:;!"()]/g, "");
  if (removePunctuation && asian) line = line.replace(ASIAN_PUNCTUATION, "");
  return splitWords(line);
}

function normalize(text: string): string {
  const line = text
    .replaceAll("\n-", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return ` ${line} `
    .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
    .replaceAll("'s ", " 's ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])-/g, "$1 - ");
}

const ASIAN_PUNCTUATION =
  /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g;

// Ideographs, strokes, radicals, compatibility forms and enclosed letters, and the punctuation above.
const ASIAN =
  /[\u2e80-\u2eff\u3001\u3002\u3008-\u3011\u3014-\u301f\u30fb\u31c0-\u31ef\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01\uff02\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff61-\uff65]/g;
