import { splitWords, trimSpace } from "./words.js";

/**
 * What BLEU counts as words, by sacrebleu's names. Each gives back the text with single spaces between its tokens
 * (`none` leaves it as it is).
 *
 * - `13a`: the WMT standard, made for European languages (mteval-v13a).
 * - `intl`: divides at punctuation and symbols of every script (mteval-v14).
 * - `char`: every character.
 * - `zh`: Chinese characters one by one, the rest as 13a.
 * - `none`: the text is tokenized already.
 */
export const BLEU_TOKENIZERS: Readonly<Record<BleuTokenizer, (text: string) => string>> = {
  "13a": tokenize13a,
  intl: tokenizeIntl,
  char: (text: string): string => [...text].join(" "),
  zh: tokenizeZh,
  none: (text: string): string => text,
};

/** A name in `BLEU_TOKENIZERS`. */
export type BleuTokenizer = "13a" | "intl" | "char" | "zh" | "none";

function tokenize13a(text: string): string {
  const line = text
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return splitPunctuation(` ${line} `);
}

function tokenizeIntl(text: string): string {
  const line = text
    .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
    .replace(/(\p{P})(\P{N})/gu, " $1 $2")
    .replace(/\p{S}/gu, " $& ");
  return singleSpaces(line);
}

function tokenizeZh(text: string): string {
  return splitPunctuation(trimSpace(text).replace(CHINESE, " $& "));
}

/** Puts spaces around ASCII punctuation; a full stop, a comma or a hyphen within a number stays. */
function splitPunctuation(text: string): string {
  const line = text
    .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])-/g, "$1 - ");
  return singleSpaces(line);
}

function singleSpaces(text: string): string {
  return splitWords(text).join(" ");
}

// sacrebleu's ranges as they act there. It writes U+20000 to U+2A6D6 with four digits each and one left over, so what
// they cover is U+2001 to U+2A6D, curly quotes and dashes among it, and ideographs beyond 16 bits aren't divided.
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/g;
