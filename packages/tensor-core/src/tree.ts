import * as tf from "@tensorflow/tfjs-core";

/** Nested records and lists of tensors: parameters, gradients, states. Absent parts may be `undefined`. */
export type TensorTree = tf.Tensor | undefined | readonly TensorTree[] | { readonly [name: string]: TensorTree };

/**
 * A tree of the same shape whose leaves are `f` of the leaves of all the trees, which must have the same shape.
 *
 * @throws Error naming the path if a tree lacks a leaf that the first one has.
 */
export function mapTree<T extends TensorTree>(
  f: (leaf: tf.Tensor, ...others: tf.Tensor[]) => tf.Tensor,
  first: T,
  ...rest: TensorTree[]
): T {
  return mapAt("", first, rest, f) as T;
}

function mapAt(
  path: string,
  first: TensorTree,
  rest: readonly TensorTree[],
  f: (leaf: tf.Tensor, ...others: tf.Tensor[]) => tf.Tensor,
): TensorTree {
  if (first === undefined) return undefined;
  if (first instanceof tf.Tensor) {
    for (const [i, other] of rest.entries()) {
      if (!(other instanceof tf.Tensor)) throw new Error(`mapTree: tree ${i + 1} lacks the tensor "${path}"`);
    }
    return f(first, ...(rest as tf.Tensor[]));
  }
  const child = (name: string | number) => (tree: TensorTree) =>
    (tree as Record<string, TensorTree> | undefined)?.[name];
  if (Array.isArray(first)) {
    return first.map((item, i) => mapAt(join(path, i), item, rest.map(child(i)), f));
  }
  const record = first as Record<string, TensorTree>;
  return Object.fromEntries(
    Object.keys(record).map((name) => [name, mapAt(join(path, name), record[name], rest.map(child(name)), f)]),
  );
}

/** The tensors of a tree with their dotted paths, such as `encoder.blocks.0.selfAttention.query.weight`, in order. */
export function namedLeaves(tree: TensorTree, path = ""): [name: string, leaf: tf.Tensor][] {
  if (tree === undefined) return [];
  if (tree instanceof tf.Tensor) return [[path, tree]];
  return Object.entries(tree).flatMap(([name, child]) => namedLeaves(child, join(path, name)));
}

/** The tensors of a tree, in the order of `namedLeaves`. */
export function leaves(tree: TensorTree): tf.Tensor[] {
  const found: tf.Tensor[] = [];
  collectLeaves(tree, found);
  return found;
}

// Not by `namedLeaves`: a token of a generation frees dozens of tensors, and has no use for their names.
function collectLeaves(tree: TensorTree, found: tf.Tensor[]): void {
  if (tree === undefined) return;
  if (tree instanceof tf.Tensor) found.push(tree);
  else for (const child of Object.values(tree)) collectLeaves(child, found);
}

/** A tree shaped as `tree` with `newLeaves` in the order of `leaves(tree)`. */
export function withLeaves<T extends TensorTree>(tree: T, newLeaves: readonly tf.Tensor[]): T {
  const count = leaves(tree).length;
  if (count !== newLeaves.length) throw new Error(`withLeaves: expected ${count} tensors, got ${newLeaves.length}`);
  let next = 0;
  return mapTree(() => newLeaves[next++] as tf.Tensor, tree);
}

/** How many numbers a tree holds. */
export function countElements(tree: TensorTree): number {
  return leaves(tree).reduce((sum, leaf) => sum + leaf.size, 0);
}

/** Runs `f` and frees every tensor that it made, except those in the tree that it returns, which the caller owns. */
export function tidy<T extends TensorTree>(f: () => T): T {
  // tfjs's `tidy` finds tensors in nested records; only its type asks for less.
  return tf.tidy(f as () => tf.TensorContainer) as T;
}

/** Frees the tensors of a tree. */
export function disposeTree(tree: TensorTree): void {
  for (const leaf of leaves(tree)) leaf.dispose();
}

/** Frees the tensors of `old` that `next` no longer holds: a step of anything that replaces its state. */
export function disposeReplaced(old: TensorTree, next: TensorTree): void {
  const kept = new Set(leaves(next));
  for (const leaf of leaves(old)) if (!kept.has(leaf)) leaf.dispose();
}

function join(path: string, name: string | number): string {
  return path === "" ? `${name}` : `${path}.${name}`;
}
