import { micro4x8, micro6x8, TILE_COLUMNS, TILE_ROWS } from "./gemm-micro";
import { packB, packPanelA } from "./gemm-pack";
import { scratch } from "./scratch";

/** Steps packed at once: a panel of b (8 × 256 floats) and one of a (6 × 256) fit the first-level cache together. */
const BLOCK_K: i32 = 256;
/** Rows of a packed at once: 96 kB, in the second-level cache beside what is packed of b. */
const BLOCK_M: i32 = 96;
/** The most columns of one call: 512 kB of packed b. */
const BLOCK_N: i32 = 512;

const PACKED_A_BYTES: usize = <usize>BLOCK_M * BLOCK_K * 4;
const PACKED_B_BYTES: usize = <usize>BLOCK_N * BLOCK_K * 4;
const EDGE_BYTES: usize = <usize>TILE_ROWS * TILE_COLUMNS * 4;

/** How much scratch memory a thread needs; products need the most. */
export function scratchBytes(): usize {
  return PACKED_A_BYTES + PACKED_B_BYTES + EDGE_BYTES;
}

/**
 * c [m, n] = or += op(a) [m, k] · op(b) [k, n], on the calling thread.
 *
 * Each element of c is summed over k in blocks of 256, whatever part of the product a call computes: so how the work is
 * split between threads doesn't change a bit of it.
 *
 * @param lda Elements from one row of a, as it is stored, to the next. Likewise `ldb`, `ldc`.
 */
export function gemm(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32,
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
): void {
  lda *= 4;
  ldb *= 4;
  ldc *= 4;
  if (k == 0 && !accumulate) {
    for (let i = 0; i < m; i++) memory.fill(c + <usize>i * ldc, 0, <usize>n * 4);
  }
  for (let column = 0; column < n; column += BLOCK_N) {
    const columns = min(BLOCK_N, n - column);
    for (let step = 0; step < k; step += BLOCK_K) {
      const steps = min(BLOCK_K, k - step);
      const isFirst = step == 0 && !accumulate;
      const packedB = scratch + PACKED_A_BYTES;
      const fromB = transposeB
        ? b + <usize>column * ldb + <usize>step * 4
        : b + <usize>step * ldb + <usize>column * 4;
      packB(packedB, fromB, ldb, transposeB, columns, steps);
      for (let row = 0; row < m; row += BLOCK_M) {
        const rows = min(BLOCK_M, m - row);
        const fromA = transposeA ? a + <usize>step * lda + <usize>row * 4 : a + <usize>row * lda + <usize>step * 4;
        packA(scratch, fromA, lda, transposeA, rows, steps);
        multiplyPacked(scratch, packedB, rows, columns, steps, c + <usize>row * ldc + <usize>column * 4, ldc, !isFirst);
      }
    }
  }
}

/**
 * Packs op(a) [m, k] for `packedProduct`, for all threads: blocks of 256 steps, each of them panel by panel. Parts are panels,
 * and nothing behind the last one.
 *
 * @param to Space for (m + 5) · k floats.
 */
export function packForAll(
  transposeA: bool, m: i32, k: i32, a: usize, lda: usize, to: usize, begin: i32, end: i32,
): void {
  lda *= 4;
  const whole = wholePanels(m);
  for (let panel = begin; panel < end; panel++) {
    const size = panel < whole ? TILE_ROWS : 4;
    const row = whole * TILE_ROWS + (panel - whole) * size;
    if (row >= m) return;
    for (let step = 0; step < k; step += BLOCK_K) {
      const steps = min(BLOCK_K, k - step);
      const from = a + (transposeA ? <usize>step * lda + <usize>row * 4 : <usize>row * lda + <usize>step * 4);
      const block = to + <usize>step * packedRows(m) * 4;
      packPanelA(block + <usize>row * steps * 4, from, lda, transposeA, size, min(size, m - row), steps);
    }
  }
}

/** The rows of all panels, with those that are missing in the last. */
// @ts-ignore: decorator
@inline
function packedRows(m: i32): i32 {
  const inWhole = wholePanels(m) * TILE_ROWS;
  return m <= inWhole ? inWhole : inWhole + ((m - inWhole + 3) & ~3);
}

/**
 * c [m, n] = or += a · op(b) [k, n], where a is packed by `packForAll`.
 *
 * @param width Columns of a part, at most 512: so many of b are packed at a time.
 */
export function packedProduct(
  transposeB: bool, m: i32, n: i32, k: i32, packedA: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  width: i32, accumulate: bool, begin: i32, end: i32,
): void {
  ldb *= 4;
  ldc *= 4;
  const rows = packedRows(m);
  for (let part = begin; part < end; part++) {
    const column = part * width;
    const columns = min(width, n - column);
    for (let step = 0; step < k; step += BLOCK_K) {
      const steps = min(BLOCK_K, k - step);
      const from = b + (transposeB ? <usize>column * ldb + <usize>step * 4 : <usize>step * ldb + <usize>column * 4);
      packB(scratch, from, ldb, transposeB, columns, steps);
      const a = packedA + <usize>step * rows * 4;
      multiplyPacked(a, scratch, m, columns, steps, c + <usize>column * 4, ldc, accumulate || step > 0);
    }
  }
}

/** The parts `begin` to `end` of a batch of products, each cut into tiles of `tileM` rows and `tileN` columns. */
export function gemmTiles(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32,
  a: usize, lda: usize, strideA: usize, b: usize, ldb: usize, strideB: usize, c: usize, ldc: usize, strideC: usize,
  tileM: i32, tileN: i32, accumulate: bool, begin: i32, end: i32,
): void {
  const tilesM = (m + tileM - 1) / tileM;
  const tilesN = (n + tileN - 1) / tileN;
  for (let part = begin; part < end; part++) {
    const product = <usize>(part / (tilesM * tilesN));
    const tile = part % (tilesM * tilesN);
    const row = (tile % tilesM) * tileM;
    const column = (tile / tilesM) * tileN;
    const fromA = a + (product * strideA + (transposeA ? <usize>row : <usize>row * lda)) * 4;
    const fromB = b + (product * strideB + (transposeB ? <usize>column * ldb : <usize>column)) * 4;
    const to = c + (product * strideC + <usize>row * ldc + <usize>column) * 4;
    const rows = min(tileM, m - row);
    const columns = min(tileN, n - column);
    gemm(transposeA, transposeB, rows, columns, k, fromA, lda, fromB, ldb, to, ldc, accumulate);
  }
}

/** The rows of the next panel: as many as a tile has, or 4 where so fewer are computed for nothing. */
// @ts-ignore: decorator
@inline
function panelRows(left: i32): i32 {
  return left <= 4 || left == 7 || left == 8 ? 4 : TILE_ROWS;
}

/** How many of the panels of `m` rows are as high as a tile; those behind them have 4 rows. */
// @ts-ignore: decorator
@inline
function wholePanels(m: i32): i32 {
  const left = m % TILE_ROWS;
  return m / TILE_ROWS + (left == 5 ? 1 : m > TILE_ROWS && left > 0 && left < 3 ? -1 : 0);
}

function packA(to: usize, a: usize, stride: usize, isTransposed: bool, rows: i32, k: i32): void {
  for (let row = 0; row < rows; ) {
    const size = panelRows(rows - row);
    packPanelA(to, a, stride, isTransposed, size, min(size, rows - row), k);
    to += <usize>size * k * 4;
    a += <usize>size * (isTransposed ? 4 : stride);
    row += size;
  }
}

function multiplyPacked(
  a: usize, panelB: usize, rows: i32, columns: i32, k: i32, c: usize, ldc: usize, accumulate: bool,
): void {
  const edge = scratch + PACKED_A_BYTES + PACKED_B_BYTES;
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    let panelA = a;
    const width = min(TILE_COLUMNS, columns - column);
    for (let row = 0; row < rows; ) {
      const size = panelRows(rows - row);
      const height = min(size, rows - row);
      const isWhole = width == TILE_COLUMNS && height == size;
      const to = c + <usize>row * ldc + <usize>column * 4;
      const target = isWhole ? to : edge;
      const stride = isWhole ? ldc : <usize>TILE_COLUMNS * 4;
      if (size == 6) micro6x8(k, panelA, panelB, target, stride, isWhole && accumulate ? -1 : 0);
      else micro4x8(k, panelA, panelB, target, stride, isWhole && accumulate ? -1 : 0);
      if (!isWhole) addEdge(to, ldc, edge, height, width, accumulate);
      panelA += <usize>size * k * 4;
      row += size;
    }
    panelB += <usize>TILE_COLUMNS * k * 4;
  }
}

/** Moves the part of a tile that lies inside c. */
function addEdge(c: usize, ldc: usize, edge: usize, height: i32, width: i32, accumulate: bool): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const value = load<f32>(edge + <usize>(i * TILE_COLUMNS + j) * 4);
      const to = c + <usize>i * ldc + <usize>j * 4;
      store<f32>(to, accumulate ? load<f32>(to) + value : value);
    }
  }
}
