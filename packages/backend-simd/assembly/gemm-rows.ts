import { scratch } from "./scratch";
import { loadPart, madd, sumLanes } from "./simd";

/**
 * Products of at most a few rows with a matrix, as in a step of decoding: what bounds them is reading the matrix once,
 * so it isn't packed.
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
export function keep(touched: i32): void {
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

/** Steps of several rows of a that are interleaved at once: 16 rows of them fit the scratch memory. */
const MOST_STEPS: i32 = 4096;
/** Steps taken at a time: of four rows they fit the first-level cache beside what comes of b. */
const STEPS: i32 = 512;
/** Rows of b that are touched and then used, where they are longer than that. */
const COLUMNS: i32 = 8;

/**
 * Columns `begin` to `end` of c [m, n] = addend + a [m, k] · bᵀ, where b is [n, k] and m at most 16.
 *
 * @param addend Lies as c does, and may be c; 0 for none.
 */
export function rowsTimesTransposed(
  m: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, addend: usize, begin: i32, end: i32,
): void {
  ldb *= 4;
  if (m == 1) {
    for (let column = begin; column < end; column++) {
      const at = <usize>column * 4;
      const product = dot(a, b + <usize>column * ldb, k);
      store<f32>(c + at, addend == 0 ? product : load<f32>(addend + at) + product);
    }
    return;
  }
  lda *= 4;
  ldc *= 4;
  for (let step = 0; step == 0 || step < k; step += MOST_STEPS) {
    const steps = min(MOST_STEPS, k - step);
    const isLong = steps > STEPS;
    interleave(m, steps, a + <usize>step * 4, lda);
    for (let column = begin; column < end; column += COLUMNS) {
      const last = min(column + COLUMNS, end);
      const from = b + <usize>step * 4;
      if (isLong) for (let i = column; i < last; i++) touch(from + <usize>i * ldb, <usize>steps * 4);
      for (let part = 0; part == 0 || part < steps; part += STEPS) {
        const before = step + part == 0 ? addend : c;
        for (let pair = column; pair < last; pair += 2) {
          const first = from + <usize>pair * ldb + <usize>part * 4;
          const next = isLong || pair + 3 >= end ? first : first + 2 * ldb;
          const at = <usize>pair * 4;
          const count = min(2, last - pair);
          timesPair(m, steps, part, first, ldb, count, c + at, ldc, before == 0 ? 0 : before + at, next);
        }
      }
    }
  }
}

/** `count` columns of c, one or two, by a part of the interleaved rows of a. */
function timesPair(
  m: i32, steps: i32, part: i32, b: usize, ldb: usize, count: i32, c: usize, ldc: usize, addend: usize, next: usize,
): void {
  const perFour = <usize>((steps + 3) >> 2) * 64;
  // A row of b that isn't there is the first again: its products are computed and not stored.
  const second = count == 2 ? b + ldb : b;
  for (let row = 0; row < m; row += 4) {
    const a = scratch + <usize>(row >> 2) * perFour + <usize>part * 16;
    dotFourTwice(min(STEPS, steps - part), a, b, second, next, ldb);
    const offset = <usize>row * ldc;
    const from = addend == 0 ? 0 : addend + offset;
    const rows = min(4, m - row);
    storeColumn(c + offset, ldc, from, rows, sums0);
    if (count == 2) storeColumn(c + offset + 4, ldc, from == 0 ? 0 : from + 4, rows, sums1);
    next = b;
  }
}

/** Puts fours of rows of a into the thread's scratch memory, zeros where there's none: [m / 4][k / 4][4 rows][4 steps]. */
function interleave(m: i32, k: i32, a: usize, lda: usize): void {
  let to = scratch;
  for (let four = 0; four < m; four += 4) {
    for (let step = 0; step < k; step += 4) {
      for (let row = four; row < four + 4; row++) {
        const from = a + <usize>row * lda + <usize>step * 4;
        v128.store(to, row >= m ? f32x4.splat(0) : step + 4 <= k ? v128.load(from) : loadPart(from, k - step, 0));
        to += 16;
      }
    }
  }
}

let sums0: v128 = f32x4.splat(0);
let sums1: v128 = f32x4.splat(0);

/**
 * The inner products of four interleaved rows of a with two of b, which are read once: left in `sums0` and `sums1`.
 *
 * @param next The first of two rows of b, `ldb` bytes from each other, that are touched, one after the other.
 */
export function dotFourTwice(k: i32, a: usize, b: usize, b1: usize, next: usize, ldb: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let touched = 0;
  let left = k >> 2;
  const middle = left >> 1;
  for (; left > 0; left--) {
    const x = v128.load(b);
    const y = v128.load(b1);
    const r0 = v128.load(a);
    const r1 = v128.load(a, 16);
    s0 = madd(r0, x, s0);
    t0 = madd(r0, y, t0);
    s1 = madd(r1, x, s1);
    t1 = madd(r1, y, t1);
    const r2 = v128.load(a, 32);
    const r3 = v128.load(a, 48);
    s2 = madd(r2, x, s2);
    t2 = madd(r2, y, t2);
    s3 = madd(r3, x, s3);
    t3 = madd(r3, y, t3);
    touched |= load<i32>(next);
    next += 32;
    if (left == middle) next += ldb - (<usize>(k >> 2) - middle) * 32;
    a += 64;
    b += 16;
    b1 += 16;
  }
  keep(touched);
  if ((k & 3) != 0) {
    const x = loadPart(b, k & 3, 0);
    const y = loadPart(b1, k & 3, 0);
    s0 = madd(v128.load(a), x, s0);
    t0 = madd(v128.load(a), y, t0);
    s1 = madd(v128.load(a, 16), x, s1);
    t1 = madd(v128.load(a, 16), y, t1);
    s2 = madd(v128.load(a, 32), x, s2);
    t2 = madd(v128.load(a, 32), y, t2);
    s3 = madd(v128.load(a, 48), x, s3);
    t3 = madd(v128.load(a, 48), y, t3);
  }
  sums0 = sumEach(s0, s1, s2, s3);
  sums1 = sumEach(t0, t1, t2, t3);
}

/** The sums of four vectors' lanes. */
// @ts-ignore: decorator
@inline
function sumEach(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Stores the first `rows` (1 to 4) lanes below each other, added to what is at `addend` where that isn't 0. */
function storeColumn(to: usize, ldc: usize, addend: usize, rows: i32, v: v128): void {
  store<f32>(to, f32x4.extract_lane(v, 0) + loadIf(addend));
  if (rows > 1) store<f32>(to + ldc, f32x4.extract_lane(v, 1) + loadIf(addend, ldc));
  if (rows > 2) store<f32>(to + 2 * ldc, f32x4.extract_lane(v, 2) + loadIf(addend, 2 * ldc));
  if (rows > 3) store<f32>(to + 3 * ldc, f32x4.extract_lane(v, 3) + loadIf(addend, 3 * ldc));
}

// @ts-ignore: decorator
@inline
function loadIf(pointer: usize, offset: usize = 0): f32 {
  return pointer == 0 ? 0 : load<f32>(pointer + offset);
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
