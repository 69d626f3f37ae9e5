import { hasFusedKernel, runFusedKernel } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ScoreRow } from "./beam-search.js";
import { readRows } from "./next-tokens.js";

/**
 * Reads the scores of all tokens, or where the backend finds them, of the best `count`, if that is enough. Disposes `logits`.
 */
export async function scoreRows(logits: tf.Tensor2D, count: number | undefined): Promise<ScoreRow[]> {
  if (count !== undefined && hasFusedKernel("TopLogits")) return topRows(logits, count);
  const logZ = tf.logSumExp(logits, -1);
  try {
    const [rows, values] = await Promise.all([readRows(logits), logZ.data()]);
    return rows.map((scores, row) => ({ scores, logZ: values[row] as number }));
  } finally {
    tf.dispose([logits, logZ]);
  }
}

async function topRows(logits: tf.Tensor2D, count: number): Promise<ScoreRow[]> {
  const outputs = runFusedKernel("TopLogits", { logits }, { count });
  try {
    const [scores, tokens, logZ] = (await Promise.all(outputs.map((output) => output.data()))) as [
      Float32Array,
      Int32Array,
      Float32Array,
    ];
    return Array.from(logZ, (logZ, row) => ({
      scores: scores.subarray(row * count, (row + 1) * count),
      tokens: tokens.subarray(row * count, (row + 1) * count),
      logZ,
    }));
  } finally {
    tf.dispose([logits, ...outputs]);
  }
}
