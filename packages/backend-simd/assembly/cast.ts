import { loadPart, storePart } from "./simd";

/** Floats to integers as JavaScript's `x | 0` does: towards zero, modulo 2^32, 0 for what isn't a number. */
export function floatToInt(from: usize, to: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    const x = count >= 4 ? v128.load(from + at) : loadPart(from + at, count, 0);
    let y = i32x4.trunc_sat_f32x4_s(x);
    if (v128.any_true(f32x4.ge(f32x4.abs(x), f32x4.splat(2147483648)))) {
      y = i32x4(
        wrap(f32x4.extract_lane(x, 0)), wrap(f32x4.extract_lane(x, 1)),
        wrap(f32x4.extract_lane(x, 2)), wrap(f32x4.extract_lane(x, 3)),
      );
    }
    if (count >= 4) v128.store(to + at, y);
    else storePart(to + at, count, y);
  }
}

/** Beyond 2^63 a float is a multiple of 2^40, whose low 32 bits are 0. */
function wrap(x: f32): i32 {
  return abs<f32>(x) < 9223372036854775808.0 ? <i32>(<i64>x) : 0;
}

export function intToFloat(from: usize, to: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    if (count >= 4) v128.store(to + at, f32x4.convert_i32x4_s(v128.load(from + at)));
    else storePart(to + at, count, f32x4.convert_i32x4_s(loadPart(from + at, count, 0)));
  }
}

export function boolToInt(from: usize, to: usize, begin: i32, end: i32): void {
  for (let i = <usize>begin; i < <usize>end; i++) store<i32>(to + i * 4, load<u8>(from + i));
}

export function boolToFloat(from: usize, to: usize, begin: i32, end: i32): void {
  for (let i = <usize>begin; i < <usize>end; i++) store<f32>(to + i * 4, load<u8>(from + i));
}
