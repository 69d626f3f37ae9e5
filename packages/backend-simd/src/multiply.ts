import type { SimdBackend } from "./backend.js";
import { SGEMM_TILES } from "./kernel-instance.js";
import type { Job } from "./thread-pool.js";

/** op(a) [m, k] · op(b) [k, n]; the leading dimensions are elements from row to row of what is stored. */
export type Product = {
  transposeA: boolean;
  transposeB: boolean;
  m: number;
  n: number;
  k: number;
  lda: number;
  ldb: number;
  ldc: number;
};

/** How many products of one kind there are, and how far it is from one to the next, in elements. */
export type Batch = { size: number; strideA: number; strideB: number; strideC: number };

/** With so few rows, reading the matrix once is what takes the time, and packing it would double that. */
const FEW_ROWS = 4;
/** Where each element is an inner product with a row of it, the rows of a stay in the first-level cache for longer. */
const FEW_ROWS_TRANSPOSED = 8;
/** Below so many multiplications a call of BLAS takes as long as our product, and below so many rows or columns longer. */
const BLAS_WORK = 1 << 16;
const BLAS_ROWS = 12;

/**
 * Computes a product the fastest way there is for its shape; `a`, `b` and `c` are addresses of the heap.
 *
 * @param accumulate Adds it to what c holds.
 */
export function multiply(
  backend: SimdBackend,
  product: Product,
  a: number,
  b: number,
  c: number,
  accumulate = false,
): void {
  multiplyBatch(backend, product, SINGLE, a, b, c, accumulate);
}

const SINGLE: Batch = { size: 1, strideA: 0, strideB: 0, strideC: 0 };

// Addresses are arguments, and objects aren't spread: a step of decoding has dozens of products that take microseconds.
/** Computes a batch of products. */
export function multiplyBatch(
  backend: SimdBackend,
  product: Product,
  batch: Batch,
  a: number,
  b: number,
  c: number,
  accumulate = false,
): void {
  const { transposeA, transposeB, m, n, k, lda, ldb, ldc } = product;
  const { size, strideA, strideB, strideC } = batch;
  if (m === 0 || n === 0 || size === 0) return;
  const isRow = (m <= (transposeB ? FEW_ROWS_TRANSPOSED : FEW_ROWS) && !transposeA) || (m === 1 && lda === 1);
  const isColumn = n === 1 && ldc === 1 && (transposeB || ldb === 1);
  const hasFewRows = k > 0 && !accumulate && (isRow || isColumn);
  if (size === 1 && !hasFewRows && isPackedForAll(backend, product)) {
    backend.withMemory(packedFloats(m, k) * 4, (packed) => {
      backend.pool.runAll([packJob(product, a, packed), packedJob(product, packed, b, c, accumulate)]);
    });
    return;
  }
  if (!hasFewRows) {
    backend.pool.runAll([tilesJob(backend, product, batch, a, b, c, accumulate)]);
    return;
  }
  // One column: the transposed product has one row, and the same numbers in the same places.
  const asRow = isRow
    ? product
    : { transposeA: false, transposeB: !transposeA, m: 1, n: m, k, lda: k, ldb: lda, ldc: m };
  for (let i = 0; i < size; i++) {
    const [fromA, fromB, to] = [a + i * strideA * 4, b + i * strideB * 4, c + i * strideC * 4];
    if (isRow) multiplyFewRows(backend, product, fromA, fromB, to);
    else multiplyFewRows(backend, asRow, fromB, fromA, to);
  }
}

/**
 * The job of a batch of products, cut into tiles.
 *
 * @param others How many products of the kind are done at the same time, for threads to share.
 */
function tilesJob(
  { blas, pool }: SimdBackend,
  { transposeA, transposeB, m, n, k, lda, ldb, ldc }: Product,
  { size, strideA, strideB, strideC }: Batch,
  a: number,
  b: number,
  c: number,
  accumulate: boolean,
  others = 0,
): Job {
  const usesBlas = blas !== undefined && Math.min(m, n) >= BLAS_ROWS && m * n * k >= BLAS_WORK;
  const threads = usesBlas && blas.source === undefined ? 1 : pool.threads;
  const { tileM, tileN, tiles } = (usesBlas ? cutForBlas : cut)(m, n, size + others, threads);
  const args = [Number(transposeA), Number(transposeB), m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC];
  args.push(tileM, tileN, Number(accumulate));
  const work = Math.ceil((tileM * tileN * (k + 16)) / 16);
  return { kernel: usesBlas ? SGEMM_TILES : "gemmTiles", args, parts: size * tiles, work, waits: false };
}

/** Columns of a part of a product whose left side is packed. */
const PART_COLUMNS = 32;
/** From so many multiplications on it is worth a job of its own. */
const PACKING_WORK = 1 << 24;

/**
 * Whether the left side is packed once, for all threads, and the right side in parts so small that no thread waits long for
 * the last one. Tiles that pack both for themselves are as fast only if they're large.
 */
function isPackedForAll({ blas, pool }: SimdBackend, { m, n, k }: Product): boolean {
  return blas === undefined && n >= 2 * PART_COLUMNS * pool.threads && m * n * k >= PACKING_WORK;
}

/** Floats that a left side takes when it's packed. */
export function packedFloats(m: number, k: number): number {
  return (m + MOST_EMPTY_ROWS) * k;
}

/** The most rows a packed panel has, the fewest, and how many of the last one may be empty. */
const MOST_PANEL_ROWS = 6;
const LEAST_PANEL_ROWS = 4;
const MOST_EMPTY_ROWS = 5;

function packJob({ transposeA, m, k, lda }: Product, a: number, packed: number): Job {
  const args = [Number(transposeA), m, k, a, lda, packed];
  // As many panels as there may be: parts behind the last are nothing.
  return { kernel: "packForAll", args, parts: Math.ceil(m / LEAST_PANEL_ROWS), work: MOST_PANEL_ROWS * k, waits: true };
}

function packedJob(
  { transposeB, m, n, k, ldb, ldc }: Product,
  packed: number,
  b: number,
  c: number,
  accumulate: boolean,
): Job {
  const args = [Number(transposeB), m, n, k, packed, b, ldb, c, ldc, PART_COLUMNS, Number(accumulate)];
  const work = Math.ceil((m * PART_COLUMNS * (k + 16)) / 16);
  return { kernel: "packedProduct", args, parts: Math.ceil(n / PART_COLUMNS), work, waits: true };
}

/**
 * The jobs of linear maps of one input: c [rows, dOut] = a [rows, dIn] · weightᵀ for each of `maps`, whose weights are
 * [dOut, dIn].
 *
 * @param packed Space for `packedFloats(rows, dIn)`; without BLAS only.
 * @param accumulate Adds them to what c holds.
 */
export function linearJobs(
  backend: SimdBackend,
  { rows, dIn, dOut }: { rows: number; dIn: number; dOut: number },
  a: number,
  maps: readonly { weight: number; c: number }[],
  packed: number,
  accumulate = false,
): Job[] {
  const product = { transposeA: false, transposeB: true, m: rows, n: dOut, k: dIn, lda: dIn, ldb: dIn, ldc: dOut };
  if (rows <= FEW_ROWS_TRANSPOSED) {
    return atOnce(maps, ({ weight, c }) => {
      const args = [rows, dIn, a, dIn, weight, dIn, c, dOut, accumulate ? c : 0];
      return { kernel: "rowsTimesTransposed", args, parts: dOut, work: Math.ceil((rows * dIn) / 8), waits: true };
    });
  }
  if (isPackedForAll(backend, product)) {
    const products = atOnce(maps, ({ weight, c }) => packedJob(product, packed, weight, c, accumulate));
    return [packJob(product, a, packed), ...products];
  }
  return atOnce(maps, ({ weight, c }) => tilesJob(backend, product, SINGLE, a, weight, c, accumulate, maps.length - 1));
}

/** The same of an input that lies transposed, [dIn, columns]: c [dOut, columns] = weight · a. */
export function transposedLinearJobs(
  backend: SimdBackend,
  { columns, dIn, dOut }: { columns: number; dIn: number; dOut: number },
  a: number,
  maps: readonly { weight: number; c: number }[],
  accumulate = false,
): Job[] {
  const lds = { lda: dIn, ldb: columns, ldc: columns };
  const product = { transposeA: false, transposeB: false, m: dOut, n: columns, k: dIn, ...lds };
  return atOnce(maps, ({ weight, c }) => tilesJob(backend, product, SINGLE, weight, a, c, accumulate, maps.length - 1));
}

/** Of more rows, what else is done to columns takes longer than their products save. */
const MOST_COLUMNS = 512;

/** Whether linear maps of so many rows are faster where they lie transposed. */
export function areFasterTransposed({ blas }: SimdBackend, rows: number): boolean {
  return blas?.favoursColumns === true && rows >= BLAS_ROWS && rows <= MOST_COLUMNS;
}

/** Jobs of which only the first waits. */
function atOnce<T>(items: readonly T[], toJob: (item: T) => Job): Job[] {
  return items.map((item, i) => ({ ...toJob(item), waits: i === 0 }));
}

/** A tile of a product of few rows: its width, of which the sums stay in the first-level cache, and its steps. */
const TILE_COLUMNS = 4096;
const TILE_STEPS = 64;
const MOST_PARTIAL_SUMS = 32;

function multiplyFewRows(backend: SimdBackend, product: Product, a: number, b: number, c: number): void {
  const { pool } = backend;
  const { transposeB, m, n, k, lda, ldb, ldc } = product;
  if (transposeB) {
    pool.run("rowsTimesTransposed", [m, k, a, lda, b, ldb, c, ldc, 0], n, Math.ceil((m * k) / 8));
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

type Cut = { tileM: number; tileN: number; tiles: number };

/**
 * Cuts a product into tiles: large ones, since each packs its own operands, but enough of them to go round.
 *
 * The result doesn't depend on the cut.
 */
function cut(m: number, n: number, batch: number, threads: number): Cut {
  let [tileM, tileN] = [threads === 1 ? m : Math.min(m, 384), Math.min(n, 512)];
  const count = () => Math.ceil(m / tileM) * Math.ceil(n / tileN);
  while (threads > 1 && batch * count() < 4 * threads) {
    if (tileM > 48 && tileM >= tileN / 2) tileM = Math.ceil(tileM / 2 / 12) * 12;
    else if (tileN > 64) tileN = Math.ceil(tileN / 2 / 8) * 8;
    else break;
  }
  return { tileM, tileN, tiles: count() };
}

/** As `cut`, for OpenBLAS: it packs blocks of its own, and a tile of 128 × 128 is as fast as one of 1024 × 1024. */
function cutForBlas(m: number, n: number, batch: number, threads: number): Cut {
  let [tileM, tileN] = [m, n];
  const count = () => Math.ceil(m / tileM) * Math.ceil(n / tileN);
  while (threads > 1 && batch * count() < 2 * threads) {
    if (tileM > 128 && tileM >= tileN) tileM = Math.ceil(tileM / 2 / 16) * 16;
    else if (tileN > 128) tileN = Math.ceil(tileN / 2 / 16) * 16;
    else break;
  }
  return { tileM, tileN, tiles: count() };
}
