import { largest, placeOf } from "./extreme";
import { dot, keep, rowsTimesTransposed } from "./gemm-rows";
import { rmsNorm } from "./rms-norm";
import { scratch, thread } from "./scratch";
import { loadPart, madd, maxLanes, storePart, sumLanes } from "./simd";

/** The largest code of a weight. */
const MOST_CODE: f32 = 127;
/** Added to a number below 2²², it leaves the nearest integer in the low bits. */
const ROUNDER: f32 = 12582912;

/** The largest code of what weights are multiplied by: sums of k products stay below 2³¹. */
function mostFineCode(k: i32): i32 {
  return min(32767, i32.MAX_VALUE / 127 / k);
}

/** Bytes of a row of codes: whole vectors. */
function strideOf(k: i32): usize {
  return (<usize>k + 15) & ~15;
}

/**
 * Rows of w [n, k] as int8, w ≈ scale · code, zeros behind the k.
 *
 * With x rounded to t · p as by `quantizeFinely`, a product is known to within error · ‖x‖ by the Cauchy-Schwarz inequality:
 *
 *     w·x - (scale code)·(t p) = (w - scale code)·x + (scale code)·(x - t p)
 *
 * where ‖x - t p‖ ≤ √k t / 2 and t ≤ ‖x‖ / most. `error` has a little more, for the roundings of float32 here and in the
 * product itself; it is NaN or infinite where the weights are. Squares are summed of weights in steps of `scale`: those of
 * small weights themselves would vanish.
 */
export function quantizeRows(w: usize, k: i32, codes: usize, scales: usize, errors: usize, begin: i32, end: i32): void {
  const stride = strideOf(k);
  const fine: f32 = 0.51 * sqrt<f32>(<f32>k) / <f32>mostFineCode(k);
  const roundings: f32 = <f32>(k + 8) / <f32>8388608;
  const rounder = f32x4.splat(ROUNDER);
  for (let row = begin; row < end; row++) {
    const from = w + <usize>row * <usize>k * 4;
    const to = codes + <usize>row * stride;
    const peak = largestMagnitude(from, k);
    const scale: f32 = peak / MOST_CODE;
    const perStep = f32x4.splat(peak == 0 ? 0 : MOST_CODE / peak);
    let squares = f32x4.splat(0), missed = f32x4.splat(0);
    for (let i = 0; i < k; i += 16) {
      const at = from + <usize>i * 4;
      const isWhole = i + 16 <= k;
      const x0 = isWhole ? v128.load(at) : loadPart(at, k - i, 0);
      const x1 = isWhole ? v128.load(at, 16) : loadPart(at + 16, k - i - 4, 0);
      const x2 = isWhole ? v128.load(at, 32) : loadPart(at + 32, k - i - 8, 0);
      const x3 = isWhole ? v128.load(at, 48) : loadPart(at + 48, k - i - 12, 0);
      const z0 = f32x4.mul(x0, perStep), y0 = f32x4.add(z0, rounder);
      const z1 = f32x4.mul(x1, perStep), y1 = f32x4.add(z1, rounder);
      const z2 = f32x4.mul(x2, perStep), y2 = f32x4.add(z2, rounder);
      const z3 = f32x4.mul(x3, perStep), y3 = f32x4.add(z3, rounder);
      const low = i16x8.narrow_i32x4_s(i32x4.sub(y0, rounder), i32x4.sub(y1, rounder));
      const high = i16x8.narrow_i32x4_s(i32x4.sub(y2, rounder), i32x4.sub(y3, rounder));
      v128.store(to + <usize>i, i8x16.narrow_i16x8_s(low, high));
      const r0 = f32x4.sub(z0, f32x4.sub(y0, rounder));
      const r1 = f32x4.sub(z1, f32x4.sub(y1, rounder));
      const r2 = f32x4.sub(z2, f32x4.sub(y2, rounder));
      const r3 = f32x4.sub(z3, f32x4.sub(y3, rounder));
      squares = f32x4.add(squares, madd(z0, z0, madd(z1, z1, madd(z2, z2, f32x4.mul(z3, z3)))));
      missed = f32x4.add(missed, madd(r0, r0, madd(r1, r1, madd(r2, r2, f32x4.mul(r3, r3)))));
    }
    const error: f32 = (<f32>1 + fine) * sqrt<f32>(sumLanes(missed)) + (fine + roundings) * sqrt<f32>(sumLanes(squares));
    store<f32>(scales + <usize>row * 4, scale);
    store<f32>(errors + <usize>row * 4, 1.001 * error * scale);
  }
}

/** Without those that are NaN. */
function largestMagnitude(from: usize, length: i32): f32 {
  let m0 = f32x4.splat(0), m1 = m0;
  for (; length >= 8; length -= 8) {
    m0 = f32x4.pmax(m0, f32x4.abs(v128.load(from)));
    m1 = f32x4.pmax(m1, f32x4.abs(v128.load(from, 16)));
    from += 32;
  }
  for (; length > 0; length -= 4) {
    m0 = f32x4.pmax(m0, f32x4.abs(loadPart(from, length, 0)));
    from += 16;
  }
  return maxLanes(f32x4.pmax(m0, m1));
}

let normInSteps: f32 = 0;

/** Codes of x in int16, x ≈ t · code, zeros behind the k; leaves ‖x‖ / t in `normInSteps`. @returns t. */
function quantizeFinely(x: usize, k: i32, to: usize): f32 {
  const peak = largestMagnitude(x, k);
  const most = <f32>mostFineCode(k);
  const perStep = f32x4.splat(peak == 0 ? 0 : most / peak);
  const rounder = f32x4.splat(ROUNDER);
  let squares = f32x4.splat(0);
  for (let i = 0; i < <i32>strideOf(k); i += 4) {
    const at = x + <usize>i * 4;
    const z = f32x4.mul(i + 4 <= k ? v128.load(at) : loadPart(at, k - i, 0), perStep);
    const code = i32x4.sub(f32x4.add(z, rounder), rounder);
    v128.store64_lane(to + <usize>i * 2, i16x8.narrow_i32x4_s(code, code), 0);
    squares = madd(z, z, squares);
  }
  normInSteps = sqrt<f32>(sumLanes(squares));
  return peak / most;
}

/**
 * bounds [m, n]: what no element of RmsNorm(x [m, k]) · wᵀ is above, by the codes of w. Parts are fours of columns.
 *
 * @param normed Space for m · k floats for each thread.
 */
export function boundProducts(
  m: i32, k: i32, n: i32, x: usize, weight: usize, epsilon: f32, normed: usize,
  codes: usize, scales: usize, errors: usize, bounds: usize, begin: i32, end: i32,
): void {
  const own = normed + <usize>thread * m * k * 4;
  rmsNorm(x, weight, own, k, epsilon, 0, m);
  const stride = strideOf(k);
  for (let row = 0; row < m; row++) {
    const a = own + <usize>row * k * 4;
    const step = quantizeFinely(a, k, scratch);
    const t = f32x4.splat(step);
    const norm = f32x4.splat(step * normInSteps);
    const to = bounds + <usize>row * n * 4;
    for (let column = 4 * begin; column < min(4 * end, n); column += 4) {
      const at = <usize>column * 4;
      const count = min(4, n - column);
      const from = codes + <usize>column * stride;
      // Behind the last codes nothing may be read.
      const next = column + 8 <= n ? from + 4 * stride : scratch;
      const sums = f32x4.convert_i32x4_s(dotFourCodes(scratch, from, stride, count, next));
      const scale = f32x4.mul(loadPart(scales + at, count, 0), t);
      const room = madd(loadPart(errors + at, count, 0), norm, f32x4.splat(TINY));
      storePart(to + at, count, f32x4.add(f32x4.mul(sums, scale), room));
    }
  }
}

/** For products so small that they have no 24 bits left. */
const TINY: f32 = 1e-30;

/**
 * The inner products of a row of int16 with four rows of int8, of which `count` are there.
 *
 * @param next Four such rows that are touched, line by line: memory isn't read ahead for four rows at a time.
 */
export function dotFourCodes(a: usize, b: usize, stride: usize, count: i32, next: usize): v128 {
  let b1 = count > 1 ? b + stride : b;
  let b2 = count > 2 ? b + 2 * stride : b;
  let b3 = count > 3 ? b + 3 * stride : b;
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let touched = 0;
  for (const last = b + stride; b < last; b += 16) {
    const low = v128.load(a);
    const high = v128.load(a, 16);
    s0 = addDot(low, v128.load_ext<i8>(b), s0);
    s0 = addDot(high, v128.load_ext<i8>(b, 8), s0);
    s1 = addDot(low, v128.load_ext<i8>(b1), s1);
    s1 = addDot(high, v128.load_ext<i8>(b1, 8), s1);
    s2 = addDot(low, v128.load_ext<i8>(b2), s2);
    s2 = addDot(high, v128.load_ext<i8>(b2, 8), s2);
    s3 = addDot(low, v128.load_ext<i8>(b3), s3);
    s3 = addDot(high, v128.load_ext<i8>(b3, 8), s3);
    touched |= load<i32>(next);
    next += 64;
    a += 32;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
  keep(touched);
  const left = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const right = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(left, right, 0, 1, 4, 5), v128.shuffle<i32>(left, right, 2, 3, 6, 7));
}

// @ts-ignore: decorator
@inline
function addDot(a: v128, b: v128, sum: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(a, b));
}

/**
 * Finds the first of the largest in rows `begin` to `end` of RmsNorm(x) · wᵀ, or -1 where that isn't a finite number:
 * products are computed only where `bounds` don't rule them out.
 */
export function bestOfBounded(
  k: i32, n: i32, x: usize, weight: usize, epsilon: f32, normed: usize, w: usize, bounds: usize, places: usize,
  begin: i32, end: i32,
): void {
  const own = normed + <usize>thread * k * 4;
  for (let row = <usize>begin; row < <usize>end; row++) {
    rmsNorm(x + row * k * 4, weight, own, k, epsilon, 0, 1);
    store<i32>(places + row * 4, bestOfRow(own, w, k, bounds + row * n * 4, n));
  }
}

function bestOfRow(a: usize, w: usize, k: i32, bounds: usize, n: i32): i32 {
  const stride = <usize>k * 4;
  const peak = largest(bounds, n);
  if (!(peak < Infinity)) {
    rowsTimesTransposed(1, k, a, k, w, k, bounds, n, 0, 0, n);
    const best = largest(bounds, n);
    return best > -Infinity && best < Infinity ? placeOf(best, bounds, n) : -1;
  }
  let place = placeOf(peak, bounds, n);
  let best = dot(a, w + <usize>place * stride, k);
  for (let i = 0; i < n; i += 4) {
    const bound = i + 4 <= n ? v128.load(bounds + <usize>i * 4) : loadPart(bounds + <usize>i * 4, n - i, -Infinity);
    if (!v128.any_true(f32x4.ge(bound, f32x4.splat(best)))) continue;
    for (let j = i; j < min(i + 4, n); j++) {
      if (load<f32>(bounds + <usize>j * 4) < best) continue;
      const product = dot(a, w + <usize>j * stride, k);
      if (product < best || (product == best && j > place)) continue;
      best = product;
      place = j;
    }
  }
  return place;
}
