import { hasFusedKernel, leaves, runFusedKernel, type TensorTree } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

/** The sum of squares of each tensor of a tree, in the order of its leaves: scalars, the caller's. */
export function sumsOfSquares(tree: TensorTree): tf.Scalar[] {
  return leaves(tree).map((leaf) => tf.tidy(() => sumOfSquares(leaf)));
}

/** The factor that brings a gradient of norm `norm` down to at most `threshold` (Pascanu et al. 2013). */
export function clipScale(norm: number, threshold: number): number {
  if (!(threshold > 0)) throw new RangeError(`clipScale: threshold: expected a number above 0, got ${threshold}`);
  return norm > threshold ? threshold / norm : 1;
}

/** The part of the model that a parameter belongs to: `encoder.blocks.3`, `encoder.finalNorm`, `embedding`. */
export function moduleOf(path: string): string {
  const names = path.split(".");
  const index = names.findIndex((name) => /^\d+$/.test(name));
  if (index >= 0) return names.slice(0, index + 1).join(".");
  return names.slice(0, Math.max(1, names.length - 1)).join(".");
}

/** The root of the sum of `squares`, for each group of paths. */
export function groupNorms(
  squares: readonly (readonly [path: string, sumOfSquares: number])[],
  groupOf: (path: string) => string = moduleOf,
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [path, square] of squares) sums.set(groupOf(path), (sums.get(groupOf(path)) ?? 0) + square);
  return Object.fromEntries([...sums].map(([group, sum]) => [group, Math.sqrt(sum)]));
}

function sumOfSquares(x: tf.Tensor): tf.Scalar {
  if (x.size === 0) return tf.scalar(0); // on wasm, tfjs leaves the sum of nothing as the memory was
  if (hasFusedKernel("SumOfSquares")) return runFusedKernel("SumOfSquares", { x })[0] as tf.Scalar;
  const squares = tf.square(x);
  // Row by row: a single float32 sum of millions of squares would stop growing.
  return tf.sum(x.rank > 1 ? tf.sum(squares, -1) : squares) as tf.Scalar;
}
