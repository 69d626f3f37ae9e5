/** How a piece came about: the place of its merge in the list, from 1, and the two pieces merged; a leaf has neither. */
export type MergeTree = { piece: string; merge?: { rank: number; left: MergeTree; right: MergeTree } };

/** The merges of a tokenizer.json by their pair, with their rank from 1. */
export type MergeRanks = ReadonlyMap<string, number>;

export function mergeRanks(merges: readonly (string | readonly [string, string])[]): MergeRanks {
  return new Map(merges.map((merge, i) => [typeof merge === "string" ? merge : merge.join(" "), i + 1]));
}

/**
 * Builds a piece of its characters again, always by the first merge in the list that applies, as encoding does.
 *
 * @returns One tree, or several where no merge makes the whole piece: a piece that was added or spelled in bytes.
 */
export function mergeTrees(piece: string, ranks: MergeRanks): MergeTree[] {
  let trees: MergeTree[] = Array.from(piece, (character) => ({ piece: character }));
  for (;;) {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    for (let i = 0; i + 1 < trees.length; i++) {
      const rank = ranks.get(`${trees[i]!.piece} ${trees[i + 1]!.piece}`) ?? Number.POSITIVE_INFINITY;
      if (rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return trees;
    const [left, right] = [trees[at]!, trees[at + 1]!];
    const joined = { piece: left.piece + right.piece, merge: { rank: best, left, right } };
    trees = [...trees.slice(0, at), joined, ...trees.slice(at + 2)];
  }
}

/** The tree as lines, the whole first, each part below what it's a part of. */
export function formatMergeTree(tree: MergeTree, indent = "", branch = ""): string[] {
  const note = tree.merge === undefined ? "" : `  (merge ${tree.merge.rank})`;
  const below = branch === "" ? indent : `${indent}${branch === "├ " ? "│ " : "  "}`;
  const parts = tree.merge === undefined ? [] : [tree.merge.left, tree.merge.right];
  return [
    `${indent}${branch}${tree.piece}${note}`,
    ...parts.flatMap((part, i) => formatMergeTree(part, below, i === 0 ? "├ " : "└ ")),
  ];
}
