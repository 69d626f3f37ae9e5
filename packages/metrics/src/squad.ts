import { type AnswerScores, normalizedAnswerScores } from "./question-answering.js";
import { ASCII_PUNCTUATION, splitWords, wholeWords } from "./words.js";

/**
 * Exact match and F1 of answers under SQuAD's normalization, the best over the references of each question, 0 to 100.
 *
 * @throws RangeError for an empty set, unequal lengths or a question without references.
 *
 * T5, `squad` in `t5/evaluation/metrics.py`.
 */
export function squad(predictions: readonly string[], references: readonly (readonly string[])[]): AnswerScores {
  return normalizedAnswerScores(predictions, references, normalizeSquad);
}

/**
 * Lowers, deletes ASCII punctuation, drops the articles a, an and the, and leaves one space between words.
 *
 * Quotation marks beyond ASCII stay: “ ‘ a “big moose” ’ ” isn't “big moose”.
 */
export function normalizeSquad(answer: string): string {
  return dropArticles(answer.toLowerCase().replace(ASCII_PUNCTUATION, ""));
}

/** Without the English articles, which are expected in lower case, and with one space between words. */
export function dropArticles(text: string): string {
  return splitWords(text.replace(ARTICLES, " ")).join(" ");
}

const ARTICLES = wholeWords(["a", "an", "the"]);
