import { madd } from "./simd";

/**
 * Rows of the register tile. V8 gives 15 registers: with fused multiply-add, 12 accumulators, 2 columns of b and a splat
 * of a fill them; without, the product needs a register too, and 4 rows run faster than what 6 spill.
 */
export const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
/** Columns of the register tile. */
export const TILE_COLUMNS: i32 = 8;

/**
 * c [6, 8] = or += a · b over packed panels: a holds 6 values for each of k steps, b holds 8.
 *
 * One step a turn (unrolled further, V8 spills), and no branch: around one it keeps the accumulators in memory.
 *
 * @param ldc Bytes from one row of c to the next.
 * @param keep -1 to add to c, 0 to overwrite it.
 */
export function micro6x8(k: i32, a: usize, b: usize, c: usize, ldc: usize, keep: i32): void {
  const mask = i32x4.splat(keep);
  let row = c;
  let c00 = v128.and(v128.load(row), mask);
  let c01 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c10 = v128.and(v128.load(row), mask);
  let c11 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c20 = v128.and(v128.load(row), mask);
  let c21 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c30 = v128.and(v128.load(row), mask);
  let c31 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c40 = v128.and(v128.load(row), mask);
  let c41 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c50 = v128.and(v128.load(row), mask);
  let c51 = v128.and(v128.load(row, 16), mask);
  while (k > 0) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a += 24;
    b += 32;
    k--;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += ldc;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += ldc;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}

/** The same with 4 rows: for what is left when 6 doesn't divide the rows, and where 6 would spill. */
export function micro4x8(k: i32, a: usize, b: usize, c: usize, ldc: usize, keep: i32): void {
  const mask = i32x4.splat(keep);
  let row = c;
  let c00 = v128.and(v128.load(row), mask);
  let c01 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c10 = v128.and(v128.load(row), mask);
  let c11 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c20 = v128.and(v128.load(row), mask);
  let c21 = v128.and(v128.load(row, 16), mask);
  row += ldc;
  let c30 = v128.and(v128.load(row), mask);
  let c31 = v128.and(v128.load(row, 16), mask);
  while (k > 0) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    a += 16;
    b += 32;
    k--;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += ldc;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += ldc;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += ldc;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}
