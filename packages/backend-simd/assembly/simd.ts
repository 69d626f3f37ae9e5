/** a · b + c, in one rounding where the build has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a · b. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** The sum of the four lanes, in pairs. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest of the four lanes; NaN if one of them is. */
// @ts-ignore: decorator
@inline
export function maxLanes(v: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** The first `count` (0 to 4) floats from `pointer`, then `fill`: for the end of a row, of which no byte is read past. */
// @ts-ignore: decorator
@inline
export function loadPart(pointer: usize, count: i32, fill: f32): v128 {
  let v = f32x4.splat(fill);
  if (count > 0) v = v128.load32_lane(pointer, v, 0);
  if (count > 1) v = v128.load32_lane(pointer, v, 1, 4);
  if (count > 2) v = v128.load32_lane(pointer, v, 2, 8);
  if (count > 3) v = v128.load32_lane(pointer, v, 3, 12);
  return v;
}

/** Stores the first `count` (0 to 4) lanes. */
// @ts-ignore: decorator
@inline
export function storePart(pointer: usize, count: i32, v: v128): void {
  if (count > 0) v128.store32_lane(pointer, v, 0);
  if (count > 1) v128.store32_lane(pointer, v, 1, 4);
  if (count > 2) v128.store32_lane(pointer, v, 2, 8);
  if (count > 3) v128.store32_lane(pointer, v, 3, 12);
}
