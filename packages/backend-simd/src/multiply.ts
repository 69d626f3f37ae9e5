import type { SimdBackend } from "./backend.js";

/** c [m, n] = op(a) [m, k] · op(b) [k, n] on addresses of the heap; strides are in elements. */
export type Product = {
  transposeA: boolean;
  transposeB: boolean;
  m: number;
  n: number;
  k: number;
  a: number;
  lda: number;
  b: number;
  ldb: number;
  c: number;
  ldc: number;
  /** How many products there are, and how far it is from one to the next. Default 1. */
  batch?: number;
  strideA?: number;
  strideB?: number;
  strideC?: number;
};

/** With so few rows, reading the matrix once is what takes the time, and packing it would double that. */
const FEW_ROWS = 4;
/** Below so many multiplications a call of BLAS takes as long as our product, and below so many rows or columns longer. */
const BLAS_WORK = 1 << 16;
const BLAS_ROWS = 12;

/**
 * Computes a product, or a batch of them, the fastest way there is for its shape.
 *
 * @param accumulate Adds it to what c holds.
 */
export function multiply(backend: SimdBackend, product: Product, accumulate = false): void {
  const { transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc } = product;
  const { batch = 1, strideA = 0, strideB = 0, strideC = 0 } = product;
  if (m === 0 || n === 0 || batch === 0) return;
  const isRow = (m <= FEW_ROWS && !transposeA) || (m === 1 && lda === 1);
  const isColumn = n === 1 && ldc === 1 && (transposeB || ldb === 1);
  if (k > 0 && !accumulate && (isRow || isColumn)) {
    for (let i = 0; i < batch; i++) {
      const at = { a: a + i * strideA * 4, b: b + i * strideB * 4, c: c + i * strideC * 4 };
      if (isRow) multiplyFewRows(backend, { ...product, ...at });
      // One column: the transposed product has one row, and the same numbers in the same places.
      else {
        multiplyFewRows(backend, {
          ...{ transposeA: false, transposeB: !transposeA, m: 1, n: m, k },
          ...{ a: at.b, lda: k, b: at.a, ldb: lda, c: at.c, ldc: m },
        });
      }
    }
    return;
  }
  if (backend.blas !== undefined && Math.min(m, n) >= BLAS_ROWS && m * n * k >= BLAS_WORK) {
    for (let i = 0; i < batch; i++) {
      const at = { a: a + i * strideA * 4, b: b + i * strideB * 4, c: c + i * strideC * 4 };
      backend.blas.multiply({ ...product, ...at }, accumulate);
    }
    return;
  }
  const { tileM, tileN, tiles } = cut(m, n, batch, backend.pool.threads);
  const args = [
    ...[transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k],
    ...[a, lda, strideA, b, ldb, strideB, c, ldc, strideC, tileM, tileN, accumulate ? 1 : 0],
  ];
  backend.pool.run("gemmTiles", args, batch * tiles, Math.ceil((tileM * tileN * (k + 16)) / 16));
}

/** A tile of a product of few rows: its width, of which the sums stay in the first-level cache, and its steps. */
const TILE_COLUMNS = 4096;
const TILE_STEPS = 64;
const MOST_PARTIAL_SUMS = 32;

function multiplyFewRows(backend: SimdBackend, { transposeB, m, n, k, a, lda, b, ldb, c, ldc }: Product): void {
  const { pool } = backend;
  if (transposeB) {
    pool.run("rowsTimesTransposed", [m, k, a, lda, b, ldb, c, ldc], n, Math.ceil((m * k) / 8));
    return;
  }
  // Also cut along k, as the rows of the matrix lie in memory, and by its shape alone: the sums are the same ones
  // whatever the threads.
  const steps = Math.max(TILE_STEPS, Math.ceil(k / MOST_PARTIAL_SUMS / 8) * 8);
  const sums = ldc === n || m === 1 ? Math.ceil(k / steps) : 1;
  const tiles = Math.ceil(n / TILE_COLUMNS) * sums;
  const work = Math.ceil((m * Math.min(n, TILE_COLUMNS) * Math.ceil(k / sums)) / 8);
  const run = (to: number, ldTo: number): void => {
    const args = [m, n, k, a, lda, b, ldb, to, ldTo, TILE_COLUMNS, sums === 1 ? k : steps, m * n];
    pool.run("rowsTimesMatrix", args, tiles, work);
  };
  if (sums === 1) {
    run(c, ldc);
    return;
  }
  backend.withMemory(sums * m * n * 4, (partial) => {
    run(partial, n);
    const strip = 512;
    pool.run("sumColumns", [partial, c, sums, m * n, 1, strip], Math.ceil((m * n) / strip), sums * strip);
  });
}

/**
 * Cuts a product into tiles: large ones, since each packs its own operands, but enough of them to go round.
 *
 * The result doesn't depend on the cut.
 */
function cut(m: number, n: number, batch: number, threads: number): { tileM: number; tileN: number; tiles: number } {
  let [tileM, tileN] = [threads === 1 ? m : Math.min(m, 384), Math.min(n, 512)];
  const count = () => Math.ceil(m / tileM) * Math.ceil(n / tileN);
  while (threads > 1 && batch * count() < 4 * threads) {
    if (tileM > 48 && tileM >= tileN / 2) tileM = Math.ceil(tileM / 2 / 12) * 12;
    else if (tileN > 64) tileN = Math.ceil(tileN / 2 / 8) * 8;
    else break;
  }
  return { tileM, tileN, tiles: count() };
}
