import { firstOfGroups, type Group } from "./groups.js";
import type { AnswerScores } from "./question-answering.js";
import { squad } from "./squad.js";

/**
 * ReCoRD's scores, 0 to 100: SQuAD's exact match and F1, each query counted once.
 *
 * @param queries The query that each prediction belongs to: the set repeats a query for each of its answers.
 * @throws RangeError for an empty set, unequal lengths or a query without references.
 *
 * Zhang et al. 2018; T5, `deduplicate_metric(squad)`.
 */
export function record(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  queries: readonly Group[],
): AnswerScores {
  return firstOfGroups(squad, predictions, references, queries) as AnswerScores;
}
