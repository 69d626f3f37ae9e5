import { checkReferenceLists, mean } from "./pairs.js";
import { tokenF1 } from "./token-f1.js";
import { splitWords } from "./words.js";

/** Exact match and F1 of words, each 0 to 100. */
export type AnswerScores = { em: number; f1: number };

/**
 * Compares answers that are normalized already: for each question the best exact match and, on its own, the best F1
 * over the references, then means over the questions.
 *
 * @throws RangeError for an empty set, unequal lengths or a question without references.
 *
 * T5, `qa_metrics` in `t5/evaluation/qa_utils.py`, after the evaluation script of SQuAD 1.1 (Rajpurkar et al. 2016).
 */
export function answerScores(predictions: readonly string[], references: readonly (readonly string[])[]): AnswerScores {
  checkReferenceLists("answerScores", predictions, references);
  const em = predictions.map((prediction, i) => Number(references[i]!.includes(prediction)));
  const f1 = predictions.map((prediction, i) => {
    const tokens = splitWords(prediction);
    return Math.max(...references[i]!.map((reference) => tokenF1(tokens, splitWords(reference))));
  });
  return { em: 100 * mean(em), f1: 100 * mean(f1) };
}

/** `answerScores` of what `normalize` leaves of predictions and references. */
export function normalizedAnswerScores(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  normalize: (answer: string) => string,
): AnswerScores {
  return answerScores(
    predictions.map(normalize),
    references.map((list) => list.map(normalize)),
  );
}
