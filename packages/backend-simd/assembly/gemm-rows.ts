import { loadPart, madd, sumLanes } from "./simd";

/**
 * Products of at most a few rows with a matrix, as in a step of decoding: what bounds them is reading the matrix once,
 * so nothing is packed.
 *
 * A processor reads ahead for a loop that goes through memory line by line, and hardly for one that has several streams
 * (measured: 33 GB/s and 14). So one row of a takes the rows of b one by one, and where several rows of a take several of
 * b at a time, for the arithmetic to keep up, the lines of b are touched before, in order.
 */

/**
 * c [m, n] = a [m, k] · b [k, n], in tiles: `width` columns of `steps` rows of b. What the rows of b that come later give
 * is a sum of its own, `partial` elements further on for each `steps`; adding them up is left to the caller.
 *
 * The rows of a tile follow each other in memory, which is how a processor reads fastest.
 *
 * @param lda Elements from row to row of a, which isn't transposed. Likewise `ldb`, `ldc`.
 */
export function rowsTimesMatrix(
  m: i32, n: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  width: i32, steps: i32, partial: usize, begin: i32, end: i32,
): void {
  const perStrip = (k + steps - 1) / steps;
  for (let tile = begin; tile < end; tile++) {
    const column = tile / perStrip * width;
    const part = tile % perStrip;
    const step = part * steps;
    const to = c + (<usize>part * partial + column) * 4;
    const from = b + (<usize>step * ldb + column) * 4;
    timesMatrix(m, min(width, n - column), min(steps, k - step), a + <usize>step * 4, lda, from, ldb, to, ldc);
  }
}

/** Bytes of b that are touched and then used: they fit the second-level cache. */
const BLOCK: i32 = 65536;
/** Columns that several rows take at a time: two of c and four of b fit the first-level cache. */
const STRIP: i32 = 512;

/** c [m, n] = a [m, k] · b [k, n] */
export function timesMatrix(
  m: i32, n: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize,
): void {
  lda *= 4;
  ldb *= 4;
  ldc *= 4;
  for (let row = 0; row < m; row++) memory.fill(c + <usize>row * ldc, 0, <usize>n * 4);
  const fours = m == 1 ? 0 : k & ~3;
  const most = max(4, (BLOCK / 4 / max(n, 1)) & ~3);
  for (let step = 0; step < fours; step += most) {
    const steps = min(most, fours - step);
    const from = b + <usize>step * ldb;
    for (let i = 0; i < steps; i++) touch(from + <usize>i * ldb, <usize>n * 4);
    addFours(m, n, steps, a + <usize>step * 4, lda, from, ldb, c, ldc);
  }
  for (let step = fours; step < k; step++) {
    const from = b + <usize>step * ldb;
    for (let row = 0; row < m; row++) {
      addRow(c + <usize>row * ldc, load<f32>(a + <usize>row * lda + <usize>step * 4), from, n);
    }
  }
}

/** c += a · b for whole fours of steps. */
function addFours(
  m: i32, n: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize,
): void {
  for (let column = 0; column < n; column += STRIP) {
    const columns = min(STRIP, n - column);
    for (let step = 0; step < k; step += 4) {
      const from = b + <usize>step * ldb + <usize>column * 4;
      for (let row = 0; row < m; row += 2) {
        const to = c + <usize>row * ldc + <usize>column * 4;
        const factors = a + <usize>row * lda + <usize>step * 4;
        if (row + 1 < m) addFourRowsTwice(to, ldc, factors, lda, from, ldb, columns);
        else addFourRows(to, factors, from, ldb, columns);
      }
    }
  }
}

/** c += x · b. */
export function addRow(c: usize, x: f32, b: usize, columns: i32): void {
  const splat = f32x4.splat(x);
  let column = 0;
  for (; column + 16 <= columns; column += 16) {
    v128.store(c, madd(splat, v128.load(b), v128.load(c)));
    v128.store(c, madd(splat, v128.load(b, 16), v128.load(c, 16)), 16);
    v128.store(c, madd(splat, v128.load(b, 32), v128.load(c, 32)), 32);
    v128.store(c, madd(splat, v128.load(b, 48), v128.load(c, 48)), 48);
    b += 64;
    c += 64;
  }
  for (; column < columns; column++) {
    v128.store32_lane(c, madd(splat, v128.load32_zero(b), v128.load32_zero(c)), 0);
    b += 4;
    c += 4;
  }
}

/** Two rows of c, from two of a: c += a[0] · b[0] + … + a[3] · b[3]. */
export function addFourRowsTwice(
  c: usize, ldc: usize, a: usize, lda: usize, b: usize, ldb: usize, columns: i32,
): void {
  const x0 = v128.load32_splat(a);
  const x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8);
  const x3 = v128.load32_splat(a, 12);
  const y0 = v128.load32_splat(a + lda);
  const y1 = v128.load32_splat(a + lda, 4);
  const y2 = v128.load32_splat(a + lda, 8);
  const y3 = v128.load32_splat(a + lda, 12);
  const ldb3 = 3 * ldb;
  const whole = columns & ~3;
  for (const last = c + <usize>whole * 4; c < last; c += 16) {
    const b0 = v128.load(b);
    const b1 = v128.load(b + ldb);
    let first = madd(x0, b0, v128.load(c));
    let second = madd(y0, b0, v128.load(c + ldc));
    const b2 = v128.load(b + 2 * ldb);
    first = madd(x1, b1, first);
    second = madd(y1, b1, second);
    const b3 = v128.load(b + ldb3);
    first = madd(x2, b2, first);
    second = madd(y2, b2, second);
    v128.store(c, madd(x3, b3, first));
    v128.store(c + ldc, madd(y3, b3, second));
    b += 16;
  }
  if (whole < columns) {
    addFourRows(c, a, b, ldb, columns - whole);
    addFourRows(c + ldc, a + lda, b, ldb, columns - whole);
  }
}

/** Brings memory into the cache: reads one value of each of its lines. */
function touch(pointer: usize, bytes: usize): void {
  let touched = 0;
  for (const end = pointer + bytes; pointer < end; pointer += 64) touched |= load<i32>(pointer);
  keep(touched);
}

let kept: i32 = 0;

/** Has what was touched be needed, or it wouldn't be read. */
// @ts-ignore: decorator
@inline
function keep(touched: i32): void {
  kept = touched;
}

/** c += a[0] · b[0] + … + a[3] · b[3]. */
function addFourRows(c: usize, a: usize, b: usize, ldb: usize, columns: i32): void {
  const x0 = v128.load32_splat(a);
  const x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8);
  const x3 = v128.load32_splat(a, 12);
  let b1 = b + ldb;
  let b2 = b1 + ldb;
  let b3 = b2 + ldb;
  let column = 0;
  for (; column + 8 <= columns; column += 8) {
    let left = madd(x0, v128.load(b), v128.load(c));
    let right = madd(x0, v128.load(b, 16), v128.load(c, 16));
    left = madd(x1, v128.load(b1), left);
    right = madd(x1, v128.load(b1, 16), right);
    left = madd(x2, v128.load(b2), left);
    right = madd(x2, v128.load(b2, 16), right);
    left = madd(x3, v128.load(b3), left);
    right = madd(x3, v128.load(b3, 16), right);
    v128.store(c, left);
    v128.store(c, right, 16);
    b += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
    c += 32;
  }
  for (; column < columns; column++) {
    let sum = madd(x0, v128.load32_zero(b), v128.load32_zero(c));
    sum = madd(x1, v128.load32_zero(b1), sum);
    sum = madd(x2, v128.load32_zero(b2), sum);
    sum = madd(x3, v128.load32_zero(b3), sum);
    v128.store32_lane(c, sum, 0);
    b += 4;
    b1 += 4;
    b2 += 4;
    b3 += 4;
    c += 4;
  }
}

/** Columns `begin` to `end` of c [m, n] = a [m, k] · bᵀ, where b is [n, k]. */
export function rowsTimesTransposed(
  m: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, begin: i32, end: i32,
): void {
  lda *= 4;
  ldb *= 4;
  ldc *= 4;
  let column = begin;
  if (m > 1) {
    for (; column + 2 <= end; column += 2) {
      const from = b + <usize>column * ldb;
      const next = column + 4 <= end ? from + 2 * ldb : from;
      const to = c + <usize>column * 4;
      for (let i = 0; i < m; i += 4) {
        dotFourTwice(min(4, m - i), k, a + <usize>i * lda, lda, from, ldb, to + <usize>i * ldc, ldc, i == 0 ? next : from);
      }
    }
  }
  for (; column < end; column++) {
    const from = b + <usize>column * ldb;
    for (let i = 0; i < m; i++) store<f32>(c + <usize>i * ldc + <usize>column * 4, dot(a + <usize>i * lda, from, k));
  }
}

/**
 * The inner products of up to four rows of a with two of b, which are read once.
 *
 * @param next As many bytes as the two rows of b have, which are touched.
 */
export function dotFourTwice(
  count: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, next: usize,
): void {
  // A row that isn't there is the first again: its product is computed and not stored.
  let a1 = count > 1 ? a + lda : a;
  let a2 = count > 2 ? a + 2 * lda : a;
  let a3 = count > 3 ? a + 3 * lda : a;
  let b1 = b + ldb;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let left = k;
  let touched = 0;
  for (; left >= 4; left -= 4) {
    const x = v128.load(b);
    const y = v128.load(b1);
    const r0 = v128.load(a);
    const r1 = v128.load(a1);
    s0 = madd(r0, x, s0);
    t0 = madd(r0, y, t0);
    s1 = madd(r1, x, s1);
    t1 = madd(r1, y, t1);
    const r2 = v128.load(a2);
    const r3 = v128.load(a3);
    s2 = madd(r2, x, s2);
    t2 = madd(r2, y, t2);
    s3 = madd(r3, x, s3);
    t3 = madd(r3, y, t3);
    touched |= load<i32>(next);
    next += 32;
    a += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    b += 16;
    b1 += 16;
  }
  keep(touched);
  if (left > 0) {
    const x = loadPart(b, left, 0);
    const y = loadPart(b1, left, 0);
    s0 = madd(loadPart(a, left, 0), x, s0);
    t0 = madd(loadPart(a, left, 0), y, t0);
    s1 = madd(loadPart(a1, left, 0), x, s1);
    t1 = madd(loadPart(a1, left, 0), y, t1);
    s2 = madd(loadPart(a2, left, 0), x, s2);
    t2 = madd(loadPart(a2, left, 0), y, t2);
    s3 = madd(loadPart(a3, left, 0), x, s3);
    t3 = madd(loadPart(a3, left, 0), y, t3);
  }
  storePair(c, s0, t0);
  if (count > 1) storePair(c + ldc, s1, t1);
  if (count > 2) storePair(c + 2 * ldc, s2, t2);
  if (count > 3) storePair(c + 3 * ldc, s3, t3);
}

// @ts-ignore: decorator
@inline
function storePair(c: usize, s: v128, t: v128): void {
  store<f32>(c, sumLanes(s));
  store<f32>(c, sumLanes(t), 4);
}

/** The inner product of two rows of `k` floats. */
export function dot(a: usize, b: usize, k: i32): f32 {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let i = 0;
  for (; i + 16 <= k; i += 16) {
    s0 = madd(v128.load(a), v128.load(b), s0);
    s1 = madd(v128.load(a, 16), v128.load(b, 16), s1);
    s2 = madd(v128.load(a, 32), v128.load(b, 32), s2);
    s3 = madd(v128.load(a, 48), v128.load(b, 48), s3);
    a += 64;
    b += 64;
  }
  for (; i + 4 <= k; i += 4) {
    s0 = madd(v128.load(a), v128.load(b), s0);
    a += 16;
    b += 16;
  }
  let sum = sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; i < k; i++) {
    sum += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return sum;
}
