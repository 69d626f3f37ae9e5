import { type AnswerScores, normalizedAnswerScores } from "./question-answering.js";
import { dropArticles } from "./squad.js";
import { ASCII_PUNCTUATION } from "./words.js";

/**
 * Exact match and F1 of answers under TriviaQA's normalization, the best over the aliases of each answer, 0 to 100.
 *
 * @throws RangeError for an empty set, unequal lengths or a question without references.
 *
 * T5, `trivia_qa` in `t5/evaluation/metrics.py`.
 */
export function triviaQa(predictions: readonly string[], references: readonly (readonly string[])[]): AnswerScores {
  return normalizedAnswerScores(predictions, references, normalizeTriviaQa);
}

/**
 * Like `normalizeSquad`, but punctuation becomes a space, so that “mother-in-law” is three words, and curly single
 * quotes and the acute accent count as punctuation.
 */
export function normalizeTriviaQa(answer: string): string {
  return dropArticles(answer.toLowerCase().replace(ASCII_PUNCTUATION, " ").replace(/[‘’´]/g, " "));
}
