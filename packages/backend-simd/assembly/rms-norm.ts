import { dot } from "./gemm-rows";
import { loadPart, madd, nmadd, storePart, sumLanes } from "./simd";

/** Columns normed at once: a cache line of each row. */
const STRIP: i32 = 16;

/** Rows whose parts of the weight's gradient are added up together. */
const ROW_BLOCK: i32 = 64;

// @ts-ignore: decorator
@inline
function inverseRms(x: usize, length: i32, epsilon: f32): f32 {
  return 1 / sqrt<f32>(dot(x, x, length) / <f32>length + epsilon);
}

/** y = x / rms(x) · weight, for rows of `length`. */
export function rmsNorm(x: usize, weight: usize, y: usize, length: i32, epsilon: f32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const at = <usize>row * <usize>length * 4;
    const from = x + at;
    const to = y + at;
    const inverse = inverseRms(from, length, epsilon);
    const scale = f32x4.splat(inverse);
    let i: usize = 0;
    for (; i + 4 <= <usize>length; i += 4) {
      const normed = f32x4.mul(v128.load(from + i * 4), scale);
      v128.store(to + i * 4, f32x4.mul(normed, v128.load(weight + i * 4)));
    }
    for (; i < <usize>length; i++) {
      store<f32>(to + i * 4, load<f32>(from + i * 4) * inverse * load<f32>(weight + i * 4));
    }
  }
}

/** The same of x [length, columns], whose columns are normed. Parts are strips of 16 columns. */
export function rmsNormColumns(
  x: usize, weight: usize, y: usize, length: i32, columns: i32, epsilon: f32, begin: i32, end: i32,
): void {
  const stride = <usize>columns * 4;
  for (let part = begin; part < end; part++) {
    const at = <usize>part * STRIP * 4;
    const width = min(STRIP, columns - part * STRIP);
    if (width == STRIP) normStrip(x + at, weight, y + at, length, stride, epsilon);
    else {
      for (let i = 0; i < width; i += 4) {
        const four = at + <usize>i * 4;
        normColumns(x + four, weight, y + four, length, stride, min(4, width - i), epsilon);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inverseRmsOf(squares: v128, length: i32, epsilon: f32): v128 {
  const mean = f32x4.div(squares, f32x4.splat(<f32>length));
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(mean, f32x4.splat(epsilon))));
}

function normStrip(x: usize, weight: usize, y: usize, length: i32, stride: usize, epsilon: f32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = x + <usize>length * stride;
  for (let from = x; from < end; from += stride) {
    const x0 = v128.load(from), x1 = v128.load(from, 16), x2 = v128.load(from, 32), x3 = v128.load(from, 48);
    s0 = madd(x0, x0, s0);
    s1 = madd(x1, x1, s1);
    s2 = madd(x2, x2, s2);
    s3 = madd(x3, x3, s3);
  }
  s0 = inverseRmsOf(s0, length, epsilon);
  s1 = inverseRmsOf(s1, length, epsilon);
  s2 = inverseRmsOf(s2, length, epsilon);
  s3 = inverseRmsOf(s3, length, epsilon);
  for (let from = x; from < end; from += stride) {
    const w = v128.load32_splat(weight);
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(from), s0), w));
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(from, 16), s1), w), 16);
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(from, 32), s2), w), 32);
    v128.store(y, f32x4.mul(f32x4.mul(v128.load(from, 48), s3), w), 48);
    weight += 4;
    y += stride;
  }
}

/** Up to four columns, at the edge. */
function normColumns(x: usize, weight: usize, y: usize, length: i32, stride: usize, count: i32, epsilon: f32): void {
  let squares = f32x4.splat(0);
  const end = x + <usize>length * stride;
  for (let from = x; from < end; from += stride) {
    const values = loadPart(from, count, 0);
    squares = madd(values, values, squares);
  }
  const scale = inverseRmsOf(squares, length, epsilon);
  for (let from = x; from < end; from += stride) {
    storePart(y, count, f32x4.mul(f32x4.mul(loadPart(from, count, 0), scale), v128.load32_splat(weight)));
    weight += 4;
    y += stride;
  }
}

/**
 * With r = 1 / rms and n = x r: dx = r (g - n mean(g n)) where g = dy weight, and the part of the weight's gradient that
 * a block of rows gives, Σ dy n.
 *
 * Parts are blocks of 64 rows; dWeights is [blocks, length].
 */
export function rmsNormGrad(
  dy: usize, x: usize, weight: usize, dx: usize, dWeights: usize, rows: i32, length: i32, epsilon: f32,
  begin: i32, end: i32,
): void {
  for (let block = begin; block < end; block++) {
    const dWeight = dWeights + <usize>block * <usize>length * 4;
    memory.fill(dWeight, 0, <usize>length * 4);
    const last = min(rows, (block + 1) * ROW_BLOCK);
    for (let row = block * ROW_BLOCK; row < last; row++) {
      const at = <usize>row * <usize>length * 4;
      rowGrad(dy + at, x + at, weight, dx + at, dWeight, length, epsilon);
    }
  }
}

function rowGrad(dy: usize, x: usize, weight: usize, dx: usize, dWeight: usize, length: i32, epsilon: f32): void {
  const inverse = inverseRms(x, length, epsilon);
  const count = <usize>length;
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    sums = madd(f32x4.mul(v128.load(dy + i * 4), v128.load(weight + i * 4)), v128.load(x + i * 4), sums);
  }
  let along = sumLanes(sums);
  for (; i < count; i++) along += load<f32>(dy + i * 4) * load<f32>(weight + i * 4) * load<f32>(x + i * 4);
  // mean(g n) r, so that r g - x · pull is dx.
  const pull = (along * inverse / <f32>length) * inverse * inverse;
  const r = f32x4.splat(inverse);
  const p = f32x4.splat(pull);
  for (i = 0; i + 4 <= count; i += 4) {
    const d = v128.load(dy + i * 4);
    const value = v128.load(x + i * 4);
    v128.store(dWeight + i * 4, madd(d, f32x4.mul(value, r), v128.load(dWeight + i * 4)));
    v128.store(dx + i * 4, nmadd(p, value, f32x4.mul(f32x4.mul(d, v128.load(weight + i * 4)), r)));
  }
  for (; i < count; i++) {
    const d = load<f32>(dy + i * 4);
    const value = load<f32>(x + i * 4);
    store<f32>(dWeight + i * 4, load<f32>(dWeight + i * 4) + d * (value * inverse));
    store<f32>(dx + i * 4, d * load<f32>(weight + i * 4) * inverse - pull * value);
  }
}
