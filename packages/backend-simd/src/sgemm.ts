import type { KernelFunction } from "./thread-control.js";

/** What is used of koffi, whose types are only there where it is. */
export type Koffi = {
  load(path: string): Library;
  address(view: ArrayBufferView): bigint;
};
export type Library = { func(signature: string): (...args: number[]) => number };

/** What a thread needs to multiply by a library: two files, and the heap's address in the process. */
export type SgemmSource = { koffi: string; library: string; heap: number };

/** CBLAS's names for how a matrix is stored. */
const ROW_MAJOR = 101;
const AS_IS = 111;
const TRANSPOSED = 112;

/** c = op(a) · op(b), added to c where `accumulate` is 1; the arguments of the kernels' own `gemm`. */
export type Sgemm = (
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  accumulate: number,
) => void;

/**
 * A library's product on the heap.
 *
 * @param heap Gives the heap's address in the process.
 * @throws Error if the library has no products.
 */
export function createSgemm(library: Library, heap: () => number): Sgemm {
  const matrix = "uintptr_t, int";
  const call = library.func(
    `void cblas_sgemm(int, int, int, int, int, int, float, ${matrix}, ${matrix}, float, ${matrix})`,
  );
  const flag = (isTransposed: number): number => (isTransposed === 0 ? AS_IS : TRANSPOSED);
  return (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const start = heap();
    // An address beyond 2 GiB is negative as it comes out of the module.
    const [atA, atB, atC] = [start + (a >>> 0), start + (b >>> 0), start + (c >>> 0)];
    call(ROW_MAJOR, flag(transposeA), flag(transposeB), m, n, k, 1, atA, lda, atB, ldb, accumulate, atC, ldc);
  };
}

/** The kernel `gemmTiles`, by a library. */
export function sgemmTiles(sgemm: Sgemm): KernelFunction {
  return (...args: number[]) => {
    const [transposeA, transposeB, m, n, k, a, lda, strideA, b, ldb] = args as Numbers;
    const [strideB, c, ldc, strideC, tileM, tileN, accumulate, begin, end] = args.slice(10) as Numbers;
    const tilesM = Math.ceil(m / tileM);
    const tiles = tilesM * Math.ceil(n / tileN);
    for (let part = begin; part < end; part++) {
      const product = Math.floor(part / tiles);
      const tile = part % tiles;
      const row = (tile % tilesM) * tileM;
      const column = Math.floor(tile / tilesM) * tileN;
      const fromA = a + 4 * (product * strideA + row * (transposeA === 1 ? 1 : lda));
      const fromB = b + 4 * (product * strideB + column * (transposeB === 1 ? ldb : 1));
      const to = c + 4 * (product * strideC + row * ldc + column);
      const [rows, columns] = [Math.min(tileM, m - row), Math.min(tileN, n - column)];
      sgemm(transposeA, transposeB, rows, columns, k, fromA, lda, fromB, ldb, to, ldc, accumulate);
    }
  };
}

/** As many as are taken out of an argument list. */
type Numbers = [number, number, number, number, number, number, number, number, number, number];
