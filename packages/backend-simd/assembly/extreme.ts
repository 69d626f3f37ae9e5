import { loadPart, maxLanes } from "./simd";

/**
 * The largest of `length` floats; NaN if one of them is.
 *
 * By the comparison that skips NaN, and a note of whether there was one: the exact maximum takes the processor seven
 * instructions.
 */
export function largest(from: usize, length: i32): f32 {
  let m0 = f32x4.splat(-Infinity), m1 = m0;
  let bad = i32x4.splat(0);
  for (; length >= 8; length -= 8) {
    const x0 = v128.load(from);
    const x1 = v128.load(from, 16);
    m0 = f32x4.pmax(m0, x0);
    m1 = f32x4.pmax(m1, x1);
    bad = v128.or(bad, v128.or(f32x4.ne(x0, x0), f32x4.ne(x1, x1)));
    from += 32;
  }
  for (; length > 0; length -= 4) {
    const x = loadPart(from, length, -Infinity);
    m0 = f32x4.pmax(m0, x);
    bad = v128.or(bad, f32x4.ne(x, x));
    from += 16;
  }
  return v128.any_true(bad) ? NaN : maxLanes(f32x4.pmax(m0, m1));
}

function smallest(from: usize, length: i32): f32 {
  let m = f32x4.splat(Infinity);
  for (; length > 0; length -= 4) {
    m = f32x4.min(m, length >= 4 ? v128.load(from) : loadPart(from, length, Infinity));
    from += 16;
  }
  return min<f32>(
    min<f32>(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)),
    min<f32>(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)),
  );
}

/** to [rows] = the largest of each row of from [rows, length]. */
export function maxRows(from: usize, to: usize, length: i32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    store<f32>(to + <usize>row * 4, largest(from + <usize>row * <usize>length * 4, length));
  }
}

/** to [rows] = the smallest of each row of from [rows, length]. */
export function minRows(from: usize, to: usize, length: i32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    store<f32>(to + <usize>row * 4, smallest(from + <usize>row * <usize>length * 4, length));
  }
}

/** to [rows] = the place of the first of the largest (or smallest) of each row; a NaN never is, unless it's the first. */
export function argRows(from: usize, to: usize, length: i32, isMax: bool, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const at = from + <usize>row * <usize>length * 4;
    store<i32>(to + <usize>row * 4, placeOfExtreme(at, length, isMax));
  }
}

export function placeOfExtreme(from: usize, length: i32, isMax: bool): i32 {
  const extreme = isMax ? largest(from, length) : smallest(from, length);
  return extreme == extreme ? placeOf(extreme, from, length) : placeAmongNaN(from, length, isMax);
}

function placeAmongNaN(from: usize, length: i32, isMax: bool): i32 {
  let best = load<f32>(from);
  let place = 0;
  for (let i = 1; i < length; i++) {
    const value = load<f32>(from + <usize>i * 4);
    if (isMax ? value > best : value < best) {
      best = value;
      place = i;
    }
  }
  return place;
}

/** Where the first of `length` floats is that equals `value`, which is one of them. */
export function placeOf(value: f32, from: usize, length: i32): i32 {
  const wanted = f32x4.splat(value);
  let place = 0;
  for (; place + 16 <= length; place += 16) {
    const at = from + <usize>place * 4;
    const near = v128.or(f32x4.eq(v128.load(at), wanted), f32x4.eq(v128.load(at, 16), wanted));
    const far = v128.or(f32x4.eq(v128.load(at, 32), wanted), f32x4.eq(v128.load(at, 48), wanted));
    if (v128.any_true(v128.or(near, far))) break;
  }
  while (place < length - 1 && load<f32>(from + <usize>place * 4) != value) place++;
  return place;
}
