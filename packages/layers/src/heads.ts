import { checkShape } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

/** How the results of the heads become one vector: side by side as in T5, or their mean or sum. */
export type HeadMerge = "concat" | "mean" | "sum";

/** The width of what `mergeHeads` gives. */
export function mergedWidth(headMerge: HeadMerge, numHeads: number, dHead: number): number {
  return headMerge === "concat" ? numHeads * dHead : dHead;
}

/** [batch, length, heads · dHead] → [batch, heads, length, dHead] */
export function splitHeads(x: tf.Tensor, numHeads: number): tf.Tensor4D {
  checkShape("splitHeads: x", x, ["batch", "length", "heads · dHead"]);
  const [batch, length, inner] = x.shape as [number, number, number];
  if (inner % numHeads !== 0) {
    throw new Error(`splitHeads: x: expected a last axis divisible by ${numHeads} heads, got [${x.shape.join(", ")}]`);
  }
  const dHead = inner / numHeads;
  if (length === 1) return tf.reshape(x, [batch, numHeads, 1, dHead]);
  return tf.transpose(tf.reshape(x, [batch, length, numHeads, dHead]), [0, 2, 1, 3]) as tf.Tensor4D;
}

/** [batch, heads, length, dHead] → [batch, length, heads · dHead], or [batch, length, dHead] by mean or sum. */
export function mergeHeads(x: tf.Tensor4D, headMerge: HeadMerge): tf.Tensor3D {
  if (headMerge === "mean") return tf.mean(x, 1);
  if (headMerge === "sum") return tf.sum(x, 1);
  const [batch, numHeads, length, dHead] = x.shape;
  return tf.reshape(length === 1 ? x : tf.transpose(x, [0, 2, 1, 3]), [batch, length, numHeads * dHead]);
}
