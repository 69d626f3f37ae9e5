import { sumExp } from "./softmax";

/** Terms that are added up in float32, before the sum goes on in float64. */
const PIECE: i32 = 1024;

/**
 * Of each row of from [rows, length], the `count` largest, best first and of equals the first, with their places, and the
 * logarithm of the sum of e^x. Where there are fewer: -infinity, at place -1. NaN isn't among them.
 */
export function topRows(
  from: usize, values: usize, places: usize, logZ: usize, length: i32, count: i32, begin: i32, end: i32,
): void {
  for (let row = <usize>begin; row < <usize>end; row++) {
    const at = from + row * length * 4;
    const best = values + row * count * 4;
    topOfRow(at, length, best, places + row * count * 4, count);
    const peak = load<f32>(best);
    let sum: f64 = 0;
    for (let i = 0; i < length; i += PIECE) sum += sumExp(at + <usize>i * 4, min(PIECE, length - i), peak);
    store<f32>(logZ + row * 4, peak + <f32>Math.log(sum));
  }
}

function topOfRow(from: usize, length: i32, values: usize, places: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<f32>(values + i * 4, -Infinity);
    store<i32>(places + i * 4, -1);
  }
  const last = values + <usize>(count - 1) * 4;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const x = from + <usize>i * 4;
    const least = v128.load32_splat(last);
    const greater = v128.or(f32x4.gt(v128.load(x), least), f32x4.gt(v128.load(x, 16), least));
    if (v128.any_true(greater)) for (let j = 0; j < 8; j++) insert(load<f32>(x + <usize>j * 4), i + j, values, places, last);
  }
  for (; i < length; i++) insert(load<f32>(from + <usize>i * 4), i, values, places, last);
}

/** Puts a value behind those that aren't less, and lets the last of them go. */
function insert(value: f32, place: i32, values: usize, places: usize, last: usize): void {
  if (!(value > load<f32>(last))) return;
  let to = last;
  for (; to > values && load<f32>(to - 4) < value; to -= 4) {
    store<f32>(to, load<f32>(to - 4));
    store<i32>(places + (to - values), load<i32>(places + (to - values) - 4));
  }
  store<f32>(to, value);
  store<i32>(places + (to - values), place);
}
