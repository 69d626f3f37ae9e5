import { type AnswerScores, normalizedAnswerScores } from "./question-answering.js";
import { splitWords, wholeWords } from "./words.js";

/** A language of MLQA, by its ISO code. */
export type MlqaLanguage = (typeof MLQA_LANGUAGES)[number];

/** The languages of MLQA. */
export const MLQA_LANGUAGES = ["ar", "de", "en", "es", "hi", "vi", "zh"] as const;

/**
 * Exact match and F1 of answers under MLQA's normalization for their language, the best over the references, 0 to 100.
 *
 * @throws RangeError for an empty set, unequal lengths, a question without references, or a language MLQA hasn't.
 *
 * mT5, `mlqa` in `multilingual_t5/evaluation/metrics.py`, after the evaluation script of MLQA (Lewis et al. 2020).
 */
export function mlqa(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  language: MlqaLanguage,
): AnswerScores {
  return normalizedAnswerScores(predictions, references, (answer) => normalizeMlqa(answer, language));
}

/**
 * Lowers, deletes punctuation of every script, drops the articles of `language`, and leaves one space between words.
 * In Chinese each ideograph is a word.
 */
export function normalizeMlqa(answer: string, language: MlqaLanguage): string {
  if (!MLQA_LANGUAGES.includes(language)) {
    throw new RangeError(`normalizeMlqa: language: expected one of ${MLQA_LANGUAGES.join(", ")}, got "${language}"`);
  }
  const text = answer.toLowerCase().replace(PUNCTUATION, "");
  const articles = ARTICLES[language];
  const rest = articles ? text.replace(articles, " ") : text;
  return splitWords(language === "zh" ? rest.replace(IDEOGRAPH, " $& ") : rest).join(" ");
}

const PUNCTUATION = /[\p{P}$+<=>^`|~]/gu;
const IDEOGRAPH = /[\u4e00-\u9fa5]/g;

const ARTICLES: Partial<Record<MlqaLanguage, RegExp>> = {
  // The script drops these two letters wherever they stand, also within words: its rule for beginnings never matches.
  ar: /ال/g,
  de: wholeWords(["ein", "eine", "einen", "einem", "eines", "einer", "der", "die", "das", "den", "dem", "des"]),
  en: wholeWords(["a", "an", "the"]),
  es: wholeWords(["un", "una", "unos", "unas", "el", "la", "los", "las"]),
  vi: wholeWords(["của", "là", "cái", "chiếc", "những"]),
};
