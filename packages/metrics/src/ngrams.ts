import { countEach } from "./token-f1.js";

/** How often each run of `order` words occurs, the words of a run joined by spaces. Words contain no spaces. */
export function countNgrams(words: readonly string[], order: number): Map<string, number> {
  return countEach(words.slice(order - 1).map((_, i) => words.slice(i, i + order).join(" ")));
}

/** How many runs of `a` are in `b` too, each at most as often as there. */
export function countCommon(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [ngram, count] of a) common += Math.min(count, b.get(ngram) ?? 0);
  return common;
}
