import { loadPart, madd, sumLanes } from "./simd";

/**
 * Products of at most a few rows with a matrix, as in a step of decoding: what bounds them is reading the matrix once,
 * so nothing is packed.
 */

/** Columns of c worked on at once: four rows of b beside one of c stay in the first-level cache. */
const STRIP: i32 = 1024;

/**
 * Columns `begin` to `end` of c [m, n] = a [m, k] · b [k, n].
 *
 * @param lda Elements from row to row of a, which isn't transposed. Likewise `ldb`, `ldc`.
 */
export function rowsTimesMatrix(
  m: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, begin: i32, end: i32,
): void {
  ldb *= 4;
  for (let column = begin; column < end; column += STRIP) {
    const columns = min(STRIP, end - column);
    for (let row = 0; row < m; row++) memory.fill(c + (<usize>row * ldc + column) * 4, 0, <usize>columns * 4);
    let fromB = b + <usize>column * 4;
    let step = 0;
    for (; step + 4 <= k; step += 4) {
      for (let row = 0; row < m; row++) {
        addFourRows(c + (<usize>row * ldc + column) * 4, a + (<usize>row * lda + step) * 4, fromB, ldb, columns);
      }
      fromB += 4 * ldb;
    }
    for (; step < k; step++) {
      for (let row = 0; row < m; row++) {
        addRow(c + (<usize>row * ldc + column) * 4, load<f32>(a + (<usize>row * lda + step) * 4), fromB, columns);
      }
      fromB += ldb;
    }
  }
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

/** c += x · b. */
function addRow(c: usize, x: f32, b: usize, columns: i32): void {
  const splat = f32x4.splat(x);
  let column = 0;
  for (; column + 4 <= columns; column += 4) {
    v128.store(c, madd(splat, v128.load(b), v128.load(c)));
    b += 16;
    c += 16;
  }
  for (; column < columns; column++) {
    v128.store32_lane(c, madd(splat, v128.load32_zero(b), v128.load32_zero(c)), 0);
    b += 4;
    c += 4;
  }
}

/** Columns `begin` to `end` of c [m, n] = a [m, k] · bᵀ, where b is [n, k]. */
export function rowsTimesTransposed(
  m: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, begin: i32, end: i32,
): void {
  for (let column = begin; column < end; column++) {
    const row = b + <usize>column * ldb * 4;
    const to = c + <usize>column * 4;
    if (m == 1) store<f32>(to, dot(a, row, k));
    else for (let i = 0; i < m; i += 4) dotFour(min(4, m - i), k, a + <usize>i * lda * 4, lda, row, to + i * ldc * 4, ldc);
  }
}

/** The inner products of up to four rows of a with one of b, which is read once. */
function dotFour(count: i32, k: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize): void {
  // A row that isn't there is the first again: its product is computed and not stored.
  const a1 = count > 1 ? a + lda * 4 : a;
  const a2 = count > 2 ? a + lda * 8 : a;
  const a3 = count > 3 ? a + lda * 12 : a;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let i: usize = 0;
  const whole = <usize>(k & ~7) * 4;
  for (; i < whole; i += 32) {
    const b0 = v128.load(b + i);
    const b1 = v128.load(b + i, 16);
    s0 = madd(v128.load(a + i), b0, s0);
    t0 = madd(v128.load(a + i, 16), b1, t0);
    s1 = madd(v128.load(a1 + i), b0, s1);
    t1 = madd(v128.load(a1 + i, 16), b1, t1);
    s2 = madd(v128.load(a2 + i), b0, s2);
    t2 = madd(v128.load(a2 + i, 16), b1, t2);
    s3 = madd(v128.load(a3 + i), b0, s3);
    t3 = madd(v128.load(a3 + i, 16), b1, t3);
  }
  const rest = k & 7;
  for (let left = rest; left > 0; left -= 4) {
    const part = loadPart(b + i, left, 0);
    s0 = madd(loadPart(a + i, left, 0), part, s0);
    s1 = madd(loadPart(a1 + i, left, 0), part, s1);
    s2 = madd(loadPart(a2 + i, left, 0), part, s2);
    s3 = madd(loadPart(a3 + i, left, 0), part, s3);
    i += 16;
  }
  ldc *= 4;
  store<f32>(c, sumLanes(f32x4.add(s0, t0)));
  if (count > 1) store<f32>(c + ldc, sumLanes(f32x4.add(s1, t1)));
  if (count > 2) store<f32>(c + 2 * ldc, sumLanes(f32x4.add(s2, t2)));
  if (count > 3) store<f32>(c + 3 * ldc, sumLanes(f32x4.add(s3, t3)));
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
