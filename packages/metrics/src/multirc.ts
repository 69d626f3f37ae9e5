import { f1WithInvalid } from "./class-f1.js";
import { allMatch } from "./exact-match.js";
import { type Group, meanOverGroups } from "./groups.js";

/**
 * MultiRC's two scores, 0 to 100: F1 over all answers, and the share of questions whose answers are all judged right.
 *
 * @param predictions 1 for a right answer, 0 for a wrong one; anything else counts as a mistake.
 * @param questions The question that each answer belongs to.
 * @throws RangeError for an empty set, unequal lengths, or a target other than 0 and 1.
 *
 * Khashabi et al. 2018; T5, `multirc_f1_over_all_answers` and `mean_group_metric(all_match)`.
 */
export function multirc(
  predictions: readonly number[],
  targets: readonly number[],
  questions: readonly Group[],
): { f1: number; exactMatch: number } {
  const f1 = f1WithInvalid(predictions, targets);
  const match = meanOverGroups((p, t) => ({ all: allMatch(p, t) }), predictions, targets, questions);
  return { f1, exactMatch: match.mean.all! };
}
