import { largest } from "./extreme";
import { expOfNegative } from "./math";
import { loadPart, storePart, sumLanes } from "./simd";

/**
 * to = e^(from - shift), of a row; to may be from.
 *
 * @returns The sum.
 */
export function expRow(from: usize, to: usize, length: i32, shift: f32): f32 {
  const offset = f32x4.splat(shift);
  let s0 = f32x4.splat(0), s1 = s0;
  for (; length >= 8; length -= 8) {
    const e0 = expOfNegative(f32x4.sub(v128.load(from), offset));
    const e1 = expOfNegative(f32x4.sub(v128.load(from, 16), offset));
    v128.store(to, e0);
    v128.store(to, e1, 16);
    s0 = f32x4.add(s0, e0);
    s1 = f32x4.add(s1, e1);
    from += 32;
    to += 32;
  }
  for (; length > 0; length -= 4) {
    const e = expOfNegative(f32x4.sub(loadPart(from, length, -Infinity), offset));
    storePart(to, length, e);
    s0 = f32x4.add(s0, e);
    from += 16;
    to += 16;
  }
  return sumLanes(f32x4.add(s0, s1));
}

/** The sum of e^(x - shift) over a row. */
export function sumExp(from: usize, length: i32, shift: f32): f32 {
  const offset = f32x4.splat(shift);
  let s0 = f32x4.splat(0), s1 = s0;
  for (; length >= 8; length -= 8) {
    s0 = f32x4.add(s0, expOfNegative(f32x4.sub(v128.load(from), offset)));
    s1 = f32x4.add(s1, expOfNegative(f32x4.sub(v128.load(from, 16), offset)));
    from += 32;
  }
  for (; length > 0; length -= 4) {
    s0 = f32x4.add(s0, expOfNegative(f32x4.sub(loadPart(from, length, -Infinity), offset)));
    from += 16;
  }
  return sumLanes(f32x4.add(s0, s1));
}

/** Multiplies a row by `factor`. */
export function scaleRow(row: usize, length: i32, factor: f32): void {
  const v = f32x4.splat(factor);
  for (; length >= 4; length -= 4) {
    v128.store(row, f32x4.mul(v128.load(row), v));
    row += 16;
  }
  for (; length > 0; length--) {
    store<f32>(row, load<f32>(row) * factor);
    row += 4;
  }
}

/** The softmax of each row. */
export function softmaxRows(from: usize, to: usize, length: i32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const at = <usize>row * <usize>length * 4;
    const total = expRow(from + at, to + at, length, largest(from + at, length));
    scaleRow(to + at, length, 1 / total);
  }
}

/** The logarithm of the softmax of each row. */
export function logSoftmaxRows(from: usize, to: usize, length: i32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const at = <usize>row * <usize>length * 4;
    const peak = largest(from + at, length);
    const logTotal = Mathf.log(sumExp(from + at, length, peak));
    const v = f32x4.splat(peak);
    const w = f32x4.splat(logTotal);
    // Two subtractions: peak + logTotal would round the small one away where the peak is large.
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      const x = v128.load(from + at + <usize>i * 4);
      v128.store(to + at + <usize>i * 4, f32x4.sub(f32x4.sub(x, v), w));
    }
    const x = loadPart(from + at + <usize>i * 4, length - i, 0);
    storePart(to + at + <usize>i * 4, length - i, f32x4.sub(f32x4.sub(x, v), w));
  }
}
