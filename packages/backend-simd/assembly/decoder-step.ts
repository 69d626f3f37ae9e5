import { attention } from "./attention";
import { joinRows } from "./copy";
import { rowsTimesTransposed } from "./gemm-rows";
import { rmsNorm } from "./rms-norm";
import { thread } from "./scratch";
import { reluOf } from "./unary";

/**
 * Columns `begin` to `end` of c [m, n] = RmsNorm(x [m, k]) · bᵀ, or relu of that, as `rowsTimesTransposed`. Every call
 * computes the norms for itself: that takes less time than waiting until one thread has.
 *
 * @param normed Space for m · k floats for each thread.
 */
export function normedTimesTransposed(
  m: i32, k: i32, x: usize, weight: usize, epsilon: f32, normed: usize, b: usize, c: usize, ldc: usize, isRelu: bool,
  begin: i32, end: i32,
): void {
  const own = normed + <usize>thread * m * k * 4;
  rmsNorm(x, weight, own, k, epsilon, 0, m);
  rowsTimesTransposed(m, k, own, k, b, k, c, ldc, 0, begin, end);
  if (!isRelu) return;
  for (let row = 0; row < m; row++) {
    const at = c + <usize>row * ldc * 4;
    reluOf(at, at, begin, end);
  }
}

/** `attention` of one query, whose key and value are appended before to the `past` ones: parts are matrices. */
export function attentionOfNext(
  pastKey: usize, nextKey: usize, pastValue: usize, nextValue: usize, past: i32,
  query: usize, key: usize, value: usize, bias: usize, y: usize, logSumExp: usize,
  heads: i32, depth: i32, strideB: usize, strideH: usize, strideK: usize, scores: usize, begin: i32, end: i32,
): void {
  const before = <usize>past * depth * 4;
  const next = <usize>depth * 4;
  joinRows(pastKey, before, nextKey, next, key, begin, end);
  joinRows(pastValue, before, nextValue, next, value, begin, end);
  attention(
    query, key, value, bias, y, logSumExp, false, heads, 1, past + 1, depth, strideB, strideH, 0, strideK,
    0, 0, 0, 1, scores, 1, begin, end,
  );
}
