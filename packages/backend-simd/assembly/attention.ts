import { dot, rowsTimesTransposed, timesMatrix } from "./gemm-rows";
import { drop } from "./dropout";
import { largest } from "./extreme";
import { isKept, positionsFrom } from "./hash";
import { expOfNegative } from "./math";
import { product } from "./product";
import { addTo } from "./reduce";
import { thread } from "./scratch";
import { loadPart, storePart, sumLanes } from "./simd";
import { expRow, scaleRow } from "./softmax";

/**
 * softmax(query · keyᵀ + bias) · value for tiles of query rows: a tile's scores [rows, keys] live in the thread's part of
 * `tiles`, and no more of them anywhere.
 *
 * The bias is read through strides, in elements, that are 0 along axes it's broadcast on. The weight at (b, h, q, k) is
 * dropped by the number at its place in [b, h, q, k]; without dropout `threshold` is 0.
 */

/** With so few rows nothing is packed. */
const FEW_ROWS: i32 = 4;

function times(m: i32, n: i32, k: i32, a: usize, b: usize, ldb: usize, c: usize, ldc: usize): void {
  if (m <= FEW_ROWS) timesMatrix(m, n, k, a, k, b, ldb, c, ldc);
  else product(false, false, m, n, k, a, k, b, ldb, c, ldc, false);
}

function timesTransposed(m: i32, n: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize): void {
  if (m <= FEW_ROWS) rowsTimesTransposed(m, k, a, lda, b, ldb, c, n, 0, 0, n);
  else product(false, true, m, n, k, a, lda, b, ldb, c, n, false);
}

/** Adds a row of the bias, or its one value. */
function addBias(scores: usize, bias: usize, stride: usize, length: i32): void {
  if (stride != 0) {
    addTo(scores, bias, length);
    return;
  }
  const value = load<f32>(bias);
  for (let i: usize = 0; i < <usize>length; i++) store<f32>(scores + i * 4, load<f32>(scores + i * 4) + value);
}

/**
 * Parts are tiles of `tileRows` query rows of each of the `heads` · batch matrices.
 *
 * @param sideBySide Whether query, key, value and y are [batch, length, heads, depth], as a linear map gives them, instead
 *   of [batch, heads, length, depth]. y may be query.
 */
export function attention(
  query: usize, key: usize, value: usize, bias: usize, y: usize, logSumExp: usize, sideBySide: bool,
  heads: i32, queries: i32, keys: i32, depth: i32, strideB: usize, strideH: usize, strideQ: usize, strideK: usize,
  first: i32, second: i32, threshold: u32, scale: f32, tiles: usize, tileRows: i32, begin: i32, end: i32,
): void {
  const ld = <usize>(sideBySide ? heads * depth : depth);
  const perMatrix = (queries + tileRows - 1) / tileRows;
  const scores = tiles + <usize>thread * <usize>tileRows * keys * 4;
  for (let part = begin; part < end; part++) {
    const matrix = part / perMatrix;
    const row = (part % perMatrix) * tileRows;
    const rows = min(tileRows, queries - row);
    const at = <usize>matrix * queries + row;
    const entry = <usize>(matrix / heads);
    const head = <usize>(matrix % heads);
    const atQuery = (sideBySide ? (entry * queries + row) * ld + head * depth : at * ld) * 4;
    const atKey = (sideBySide ? entry * keys * ld + head * depth : <usize>matrix * keys * ld) * 4;
    const b = bias + (entry * strideB + head * strideH + <usize>row * strideQ) * 4;
    timesTransposed(rows, keys, depth, query + atQuery, ld, key + atKey, ld, scores);
    for (let i: usize = 0; i < <usize>rows; i++) {
      const line = scores + i * keys * 4;
      addBias(line, b + i * strideQ * 4, strideK, keys);
      const peak = largest(line, keys);
      const total = expRow(line, line, keys, peak);
      store<f32>(logSumExp + (at + i) * 4, peak + Mathf.log(total));
      // Scaled before the product, which has the longer rows; a sum of products would overflow later, too.
      if (threshold == 0) scaleRow(line, keys, 1 / total);
      else dropRow(line, keys, first, second, threshold, scale / total, <i32>(at + i) * keys);
    }
    times(rows, depth, keys, scores, value + atKey, ld, y + atQuery, ld);
  }
}

/**
 * The same without dropout, of operands that lie transposed: query, key, value and y are [heads, depth, batch, length], and
 * `columns` is batch · length. y may be query.
 */
export function attentionOfColumns(
  query: usize, key: usize, value: usize, bias: usize, y: usize,
  heads: i32, length: i32, depth: i32, columns: i32, strideB: usize, strideH: usize, strideQ: usize, strideK: usize,
  tiles: usize, tileRows: i32, begin: i32, end: i32,
): void {
  const ld = <usize>columns;
  const perMatrix = (length + tileRows - 1) / tileRows;
  const scores = tiles + <usize>thread * <usize>tileRows * length * 4;
  for (let part = begin; part < end; part++) {
    const matrix = part / perMatrix;
    const row = (part % perMatrix) * tileRows;
    const rows = min(tileRows, length - row);
    const entry = <usize>(matrix / heads);
    const head = <usize>(matrix % heads);
    const at = (head * depth * ld + entry * length) * 4;
    const atQuery = at + <usize>row * 4;
    const b = bias + (entry * strideB + head * strideH + <usize>row * strideQ) * 4;
    product(true, false, rows, length, depth, query + atQuery, ld, key + at, ld, scores, length, false);
    for (let i: usize = 0; i < <usize>rows; i++) {
      const line = scores + i * length * 4;
      addBias(line, b + i * strideQ * 4, strideK, length);
      scaleRow(line, length, 1 / expRow(line, line, length, largest(line, length)));
    }
    product(false, true, depth, rows, length, value + at, ld, scores, length, y + atQuery, ld, false);
  }
}

/** Multiplies a row by `scale`, or by 0 where it's dropped. */
function dropRow(row: usize, length: i32, first: i32, second: i32, threshold: u32, scale: f32, position: i32): void {
  const key1 = i32x4.splat(first);
  const key2 = i32x4.splat(second);
  const bound = i32x4.splat(threshold);
  const factor = f32x4.splat(scale);
  for (; length > 0; length -= 4) {
    const kept = v128.and(isKept(positionsFrom(position), key1, key2, bound), factor);
    if (length >= 4) v128.store(row, drop(v128.load(row), kept));
    else storePart(row, length, drop(loadPart(row, length, 0), kept));
    row += 16;
    position += 4;
  }
}

/**
 * The gradients. Parts are groups of matrices that add to the same part of the bias's gradient: group g has the
 * matrices `g · groupStride + i · memberStride`, i from 0 to `members` - 1, and its own place in dBias, by the strides.
 *
 * The weights are computed again from `logSumExp`. dBias is 0 unless wanted; it must be zeros.
 */
export function attentionGrad(
  dy: usize, query: usize, key: usize, value: usize, bias: usize, y: usize, logSumExp: usize,
  dQuery: usize, dKey: usize, dValue: usize, dBias: usize,
  heads: i32, queries: i32, keys: i32, depth: i32, strideB: usize, strideH: usize, strideQ: usize, strideK: usize,
  dStrideB: usize, dStrideH: usize,
  first: i32, second: i32, threshold: u32, scale: f32, tiles: usize, tileRows: i32,
  groupStride: i32, memberStride: i32, members: i32, begin: i32, end: i32,
): void {
  const tileSize = <usize>tileRows * keys * 4;
  const weights = tiles + <usize>thread * 2 * tileSize;
  const dScores = weights + tileSize;
  for (let group = begin; group < end; group++) {
    for (let member = 0; member < members; member++) {
      const matrix = group * groupStride + member * memberStride;
      const atKeys = <usize>matrix * keys * depth * 4;
      const b = <usize>(matrix / heads);
      const h = <usize>(matrix % heads);
      const matrixBias = bias + (b * strideB + h * strideH) * 4;
      const matrixDBias = dBias + (b * dStrideB + h * dStrideH) * 4;
      for (let row = 0; row < queries; row += tileRows) {
        const rows = min(tileRows, queries - row);
        const at = <usize>matrix * queries + row;
        const atRows = at * depth * 4;
        timesTransposed(rows, keys, depth, query + atRows, depth, key + atKeys, depth, weights);
        timesTransposed(rows, keys, depth, dy + atRows, depth, value + atKeys, depth, dScores);
        for (let i: usize = 0; i < <usize>rows; i++) {
          const line = i * keys * 4;
          const biasRow = (<usize>row + i) * strideQ * 4;
          addBias(weights + line, matrixBias + biasRow, strideK, keys);
          const along = dot(dy + atRows + i * depth * 4, y + atRows + i * depth * 4, depth);
          const shift = load<f32>(logSumExp + (at + i) * 4);
          gradRow(
            weights + line, dScores + line, keys, shift, along,
            first, second, threshold, scale, <i32>(at + i) * keys,
          );
          if (dBias != 0) addBiasGrad(matrixDBias + biasRow, dScores + line, strideK, keys);
        }
        times(rows, depth, keys, dScores, key + atKeys, depth, dQuery + atRows, depth);
        product(true, false, keys, depth, rows, dScores, keys, query + atRows, depth, dKey + atKeys, depth, row > 0);
        product(true, false, keys, depth, rows, weights, keys, dy + atRows, depth, dValue + atKeys, depth, row > 0);
      }
    }
  }
}

/**
 * Turns scores into weights (dropped ones where there's dropout), and the gradient of the weights into that of the
 * scores: weight · (dWeight - Σ weight · dWeight), where the sum, `along`, is that of dy · y.
 */
function gradRow(
  scores: usize, dWeights: usize, length: i32, shift: f32, along: f32,
  first: i32, second: i32, threshold: u32, scale: f32, position: i32,
): void {
  const offset = f32x4.splat(shift);
  const sum = f32x4.splat(along);
  const key1 = i32x4.splat(first);
  const key2 = i32x4.splat(second);
  const bound = i32x4.splat(threshold);
  const factor = f32x4.splat(scale);
  for (; length > 0; length -= 4) {
    const s = length >= 4 ? v128.load(scores) : loadPart(scores, length, -Infinity);
    const d = length >= 4 ? v128.load(dWeights) : loadPart(dWeights, length, 0);
    const weight = expOfNegative(f32x4.sub(s, offset));
    let dropped = weight;
    let dWeight = d;
    if (threshold != 0) {
      const kept = v128.and(isKept(positionsFrom(position), key1, key2, bound), factor);
      dropped = drop(weight, kept);
      dWeight = drop(d, kept);
    }
    const dScore = f32x4.mul(weight, f32x4.sub(dWeight, sum));
    if (length >= 4) {
      v128.store(scores, dropped);
      v128.store(dWeights, dScore);
    } else {
      storePart(scores, length, dropped);
      storePart(dWeights, length, dScore);
    }
    scores += 16;
    dWeights += 16;
    position += 4;
  }
}

function addBiasGrad(to: usize, from: usize, stride: usize, length: i32): void {
  if (stride != 0) {
    addTo(to, from, length);
    return;
  }
  let sums = f32x4.splat(0);
  for (; length > 0; length -= 4) {
    sums = f32x4.add(sums, loadPart(from, length, 0));
    from += 16;
  }
  store<f32>(to, load<f32>(to) + sumLanes(sums));
}
