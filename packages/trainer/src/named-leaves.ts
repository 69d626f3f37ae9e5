import { leaves, namedLeaves, type TensorTree, withLeaves } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";

/** A tree shaped as `tree`, with what `f` makes of each path and tensor; without a tensor where it makes none. */
export function mapNamedLeaves<T extends TensorTree>(
  f: (path: string, leaf: tf.Tensor) => tf.Tensor | undefined,
  tree: T,
): T {
  const made = namedLeaves(tree).map(([path, leaf]) => f(path, leaf));
  // Trees may lack tensors, which is all that the type of `withLeaves` doesn't say.
  return withLeaves(tree, made as tf.Tensor[]);
}

/** The part of `tree` whose paths `isKept` accepts, the same tensors at the same places. */
export function selectLeaves<T extends TensorTree>(tree: T, isKept: (path: string) => boolean): T {
  return mapNamedLeaves((path, leaf) => (isKept(path) ? leaf : undefined), tree);
}

/** `tree` with the tensors of `part` in place of its own where `part` has some. */
export function replaceLeaves<T extends TensorTree>(tree: T, part: T): T {
  if (leaves(part).length === 0) return tree;
  const replaced = new Map(namedLeaves(part));
  return mapNamedLeaves((path, leaf) => replaced.get(path) ?? leaf, tree);
}
