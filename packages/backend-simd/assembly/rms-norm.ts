import { dot } from "./gemm-rows";
import { madd, nmadd, sumLanes } from "./simd";

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
