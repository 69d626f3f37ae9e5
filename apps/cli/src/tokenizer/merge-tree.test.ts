import { describe, expect, it } from "vitest";
import { formatMergeTree, type MergeTree, mergeRanks, mergeTrees } from "./merge-tree.js";

const RANKS = mergeRanks([["l", "o"], "e r", ["lo", "w"], ["low", "er"], ["a", "a"]]);

describe("mergeTrees", () => {
  it("builds a piece by the first merge in the list that applies", () => {
    const trees = mergeTrees("lower", RANKS);
    expect(trees).toHaveLength(1);
    expect(formatMergeTree(trees[0] as MergeTree)).toEqual([
      "lower  (merge 4)",
      "├ low  (merge 3)",
      "│ ├ lo  (merge 1)",
      "│ │ ├ l",
      "│ │ └ o",
      "│ └ w",
      "└ er  (merge 2)",
      "  ├ e",
      "  └ r",
    ]);
  });

  it("takes the leftmost of equal pairs", () => {
    expect(mergeTrees("aaa", RANKS).map(({ piece }) => piece)).toEqual(["aa", "a"]);
  });

  it("leaves apart what no merge joins", () => {
    expect(mergeTrees("<s>", RANKS).map(({ piece }) => piece)).toEqual(["<", "s", ">"]);
    expect(mergeTrees("👍", RANKS).map(({ piece }) => piece)).toEqual(["👍"]);
  });
});
