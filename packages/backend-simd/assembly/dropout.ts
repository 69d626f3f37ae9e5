import { isKept, positionsFrom } from "./hash";
import { loadPart, storePart } from "./simd";

/** to[i] = x[i] · scale where number i of the stream is at least `threshold`, else 0. */
export function dropout(
  x: usize, to: usize, first: i32, second: i32, threshold: i32, scale: f32, begin: i32, end: i32,
): void {
  const key1 = i32x4.splat(first);
  const key2 = i32x4.splat(second);
  const bound = i32x4.splat(threshold);
  const factor = f32x4.splat(scale);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const kept = v128.and(isKept(positionsFrom(i), key1, key2, bound), factor);
    if (end - i >= 4) v128.store(to + at, drop(v128.load(x + at), kept));
    else storePart(to + at, end - i, drop(loadPart(x + at, end - i, 0), kept));
  }
}

/** to[i] = x[i] + what `dropout` makes of y[i]. */
export function dropoutAdd(
  x: usize, y: usize, to: usize, first: i32, second: i32, threshold: i32, scale: f32, begin: i32, end: i32,
): void {
  const key1 = i32x4.splat(first);
  const key2 = i32x4.splat(second);
  const bound = i32x4.splat(threshold);
  const factor = f32x4.splat(scale);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    const kept = v128.and(isKept(positionsFrom(i), key1, key2, bound), factor);
    if (count >= 4) v128.store(to + at, f32x4.add(v128.load(x + at), drop(v128.load(y + at), kept)));
    else storePart(to + at, count, f32x4.add(loadPart(x + at, count, 0), drop(loadPart(y + at, count, 0), kept)));
  }
}

/** x times 0 or the scale; where it's 0, 0 whatever x is. */
// @ts-ignore: decorator
@inline
export function drop(x: v128, kept: v128): v128 {
  return v128.and(f32x4.mul(x, kept), f32x4.ne(kept, f32x4.splat(0)));
}
