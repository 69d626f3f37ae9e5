import { checkPairs, mean } from "./pairs.js";

/** Scores of predictions against targets, by name. */
export type ScoreFunction<Prediction, Target> = (
  predictions: readonly Prediction[],
  targets: readonly Target[],
) => Record<string, number>;

/** What a set of examples belongs to: a question's number, a passage's name. */
export type Group = string | number;

/**
 * Scores each group on its own, and means over the groups, so that a large group counts as much as a small one.
 *
 * Groups must be whole: half of a question's answers give another number.
 *
 * @param groups Of each prediction.
 * @throws RangeError for an empty set or unequal lengths.
 *
 * T5, `mean_group_metric` in `t5/evaluation/metrics.py`.
 */
export function meanOverGroups<Prediction, Target>(
  score: ScoreFunction<Prediction, Target>,
  predictions: readonly Prediction[],
  targets: readonly Target[],
  groups: readonly Group[],
): { mean: Record<string, number>; byGroup: Map<Group, Record<string, number>> } {
  const members = membersByGroup("meanOverGroups", predictions, targets, groups);
  const byGroup = new Map<Group, Record<string, number>>();
  for (const [group, indices] of members) byGroup.set(group, scoreSubset(score, predictions, targets, indices));
  const all = [...byGroup.values()];
  const names = Object.keys(all[0]!);
  return { mean: Object.fromEntries(names.map((name) => [name, mean(all.map((scores) => scores[name]!))])), byGroup };
}

/**
 * Scores the first example of each group, for sets in which an example is repeated once for each of its answers, as
 * ReCoRD's is.
 *
 * @param groups Of each prediction.
 * @throws RangeError for an empty set or unequal lengths.
 *
 * T5, `deduplicate_metric` in `t5/evaluation/metrics.py`.
 */
export function firstOfGroups<Prediction, Target>(
  score: ScoreFunction<Prediction, Target>,
  predictions: readonly Prediction[],
  targets: readonly Target[],
  groups: readonly Group[],
): Record<string, number> {
  const members = membersByGroup("firstOfGroups", predictions, targets, groups);
  const firsts = [...members.values()].map((indices) => indices[0]!);
  return scoreSubset(score, predictions, targets, firsts);
}

function membersByGroup(
  where: string,
  predictions: readonly unknown[],
  targets: readonly unknown[],
  groups: readonly Group[],
): Map<Group, number[]> {
  checkPairs(where, predictions, targets);
  if (groups.length !== predictions.length) {
    throw new RangeError(
      `${where}: groups: expected ${predictions.length}, one for each prediction, got ${groups.length}`,
    );
  }
  const members = new Map<Group, number[]>();
  for (const [i, group] of groups.entries()) {
    if (!members.has(group)) members.set(group, []);
    members.get(group)!.push(i);
  }
  return members;
}

function scoreSubset<Prediction, Target>(
  score: ScoreFunction<Prediction, Target>,
  predictions: readonly Prediction[],
  targets: readonly Target[],
  indices: readonly number[],
): Record<string, number> {
  return score(
    indices.map((i) => predictions[i]!),
    indices.map((i) => targets[i]!),
  );
}
