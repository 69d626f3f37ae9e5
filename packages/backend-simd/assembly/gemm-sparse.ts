import { packColumns } from "./gemm-pack";
import { scratch } from "./scratch";
import { madd } from "./simd";

/**
 * Products with what ReLU gives, of which half is zeros where weights are random and nine tenths where they're trained
 * (Li et al. 2022, "The Lazy Neuron Phenomenon"): only the rest is multiplied.
 *
 * A zero adds nothing, so the sums are those of `gemm`, bit by bit, where no weight is infinite or NaN.
 */

/** Steps of a block: places are within one, and so many steps of the columns at hand fit the first-level cache. */
const BLOCK_K: i32 = 256;
/** Columns of b at a time: a register tile of one row. */
const COLUMNS: i32 = 32;
/** Bytes from step to step of them, as a power of two. */
const STEP_SHIFT: i32 = 7;

/**
 * Moves what isn't 0 in relu of rows `begin` to `end` of x [m, k] to the front of each block of 256 steps, and a 0 behind it
 * if that makes whole pairs: for k that are even.
 *
 * @param places [m, k] of uint16: where in its block each was, as bytes of packed columns.
 * @param counts [m, blocks] of int32: how many pairs there are.
 */
export function compressPositive(x: usize, k: i32, places: usize, counts: usize, begin: i32, end: i32): void {
  const blocks = (k + BLOCK_K - 1) / BLOCK_K;
  for (let row = begin; row < end; row++) {
    let count = counts + <usize>(row * blocks) * 4;
    for (let step = 0; step < k; step += BLOCK_K) {
      const at = <usize>row * k + step;
      store<i32>(count, compressBlock(x + at * 4, min(BLOCK_K, k - step), places + at * 2));
      count += 4;
    }
  }
}

/** @returns How many pairs are left. */
function compressBlock(x: usize, steps: i32, places: usize): i32 {
  const first = places;
  let to = x;
  for (let step = 0; step < steps; step++) {
    // Each is stored, and those that don't stay are overwritten: a branch would be guessed wrong half of the time.
    const value = load<f32>(x);
    store<f32>(to, value);
    store<u16>(places, step << STEP_SHIFT);
    // NaN stays.
    const stays = <usize>!(value <= 0);
    to += stays << 2;
    places += stays << 1;
    x += 4;
  }
  const count = <i32>(places - first) >> 1;
  if ((count & 1) != 0) {
    store<f32>(to, 0);
    store<u16>(places, 0);
  }
  return (count + 1) >> 1;
}

/** c [m, n] += a [m, k] · bᵀ, where b is [n, k], and a is what `compressPositive` made. Parts are 32 columns. */
export function compressedProduct(
  m: i32, n: i32, k: i32, a: usize, places: usize, counts: usize, b: usize, c: usize, begin: i32, end: i32,
): void {
  const blocks = (k + BLOCK_K - 1) / BLOCK_K;
  const edge = scratch + <usize>BLOCK_K * COLUMNS * 4;
  for (let part = begin; part < end; part++) {
    const column = part * COLUMNS;
    const columns = min(COLUMNS, n - column);
    for (let block = 0; block < blocks; block++) {
      const step = block * BLOCK_K;
      const from = b + (<usize>column * k + step) * 4;
      packColumns(scratch, from, <usize>k * 4, COLUMNS, columns, min(BLOCK_K, k - step));
      for (let row = 0; row < m; row++) {
        const at = <usize>row * k + step;
        const pairs = load<i32>(counts + <usize>(row * blocks + block) * 4);
        const to = c + (<usize>row * n + column) * 4;
        if (columns == COLUMNS) {
          addCompressed(pairs, a + at * 4, places + at * 2, scratch, to);
        } else {
          memory.copy(edge, to, <usize>columns * 4);
          addCompressed(pairs, a + at * 4, places + at * 2, scratch, edge);
          memory.copy(to, edge, <usize>columns * 4);
        }
      }
    }
  }
}

/**
 * c [32] += a · b over pairs of steps.
 *
 * What bounds it is loading, two values a cycle; pairs need fewer of places and of the loop itself.
 */
export function addCompressed(pairs: i32, a: usize, places: usize, b: usize, c: usize): void {
  let c0 = v128.load(c);
  let c1 = v128.load(c, 16);
  let c2 = v128.load(c, 32);
  let c3 = v128.load(c, 48);
  let c4 = v128.load(c, 64);
  let c5 = v128.load(c, 80);
  let c6 = v128.load(c, 96);
  let c7 = v128.load(c, 112);
  for (const last = places + <usize>pairs * 4; places < last; places += 4) {
    const pair = load<u32>(places);
    const first = b + (pair & 0xffff);
    const x = v128.load32_splat(a);
    c0 = madd(x, v128.load(first), c0);
    c1 = madd(x, v128.load(first, 16), c1);
    c2 = madd(x, v128.load(first, 32), c2);
    c3 = madd(x, v128.load(first, 48), c3);
    c4 = madd(x, v128.load(first, 64), c4);
    c5 = madd(x, v128.load(first, 80), c5);
    c6 = madd(x, v128.load(first, 96), c6);
    c7 = madd(x, v128.load(first, 112), c7);
    const second = b + (pair >> 16);
    const y = v128.load32_splat(a, 4);
    c0 = madd(y, v128.load(second), c0);
    c1 = madd(y, v128.load(second, 16), c1);
    c2 = madd(y, v128.load(second, 32), c2);
    c3 = madd(y, v128.load(second, 48), c3);
    c4 = madd(y, v128.load(second, 64), c4);
    c5 = madd(y, v128.load(second, 80), c5);
    c6 = madd(y, v128.load(second, 96), c6);
    c7 = madd(y, v128.load(second, 112), c7);
    a += 8;
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
  v128.store(c, c2, 32);
  v128.store(c, c3, 48);
  v128.store(c, c4, 64);
  v128.store(c, c5, 80);
  v128.store(c, c6, 96);
  v128.store(c, c7, 112);
}
