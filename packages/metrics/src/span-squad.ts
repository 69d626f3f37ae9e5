import { checkPairs } from "./pairs.js";
import type { AnswerScores } from "./question-answering.js";
import { squad } from "./squad.js";
import { NOT_WORD, splitWords } from "./words.js";

/** A question whose answer is a span of words of `context`. */
export type SpanQuestion = { answers: readonly string[]; context: string };

/**
 * SQuAD's scores, 0 to 100, of predictions that say where the answer stands: “start: 3 end: 6”, counted in words from
 * 0, the last one included.
 *
 * A prediction in any other form is an empty answer. Words are what is left of the context when everything but
 * letters, digits and underscores is a space.
 *
 * @throws RangeError for an empty set, unequal lengths or a question without answers.
 *
 * T5, `span_squad` in `t5/evaluation/metrics.py`.
 */
export function spanSquad(predictions: readonly string[], questions: readonly SpanQuestion[]): AnswerScores {
  checkPairs("spanSquad", predictions, questions);
  return squad(
    predictions.map((prediction, i) => answerAt(prediction, questions[i]!.context)),
    questions.map(({ answers }) => answers),
  );
}

function answerAt(prediction: string, context: string): string {
  const [, start, , end] = words(prediction);
  if (!isIndex(start) || !isIndex(end)) return "";
  return words(context)
    .slice(Number(start), Number(end) + 1)
    .join(" ");
}

function words(text: string): string[] {
  return splitWords(text.replace(NOT_WORD, " "));
}

function isIndex(word: string | undefined): boolean {
  return word !== undefined && /^[0-9]+$/.test(word);
}
