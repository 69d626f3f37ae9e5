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

/**
 * The kernel `gemmTiles`, done by a library.
 *
 * @param heap Gives the heap's address in the process.
 * @throws Error if the library has no products.
 */
export function createSgemmTiles(library: Library, heap: () => number): KernelFunction {
  const matrix = "uintptr_t, int";
  const sgemm = library.func(
    `void cblas_sgemm(int, int, int, int, int, int, float, ${matrix}, ${matrix}, float, ${matrix})`,
  );
  return (...args: number[]) => {
    const [transposeA, transposeB, m, n, k, a, lda, strideA, b, ldb] = args as Numbers;
    const [strideB, c, ldc, strideC, tileM, tileN, accumulate, begin, end] = args.slice(10) as Numbers;
    const tilesM = Math.ceil(m / tileM);
    const tiles = tilesM * Math.ceil(n / tileN);
    const flagA = transposeA === 1 ? TRANSPOSED : AS_IS;
    const flagB = transposeB === 1 ? TRANSPOSED : AS_IS;
    const start = heap();
    for (let part = begin; part < end; part++) {
      const product = Math.floor(part / tiles);
      const tile = part % tiles;
      const row = (tile % tilesM) * tileM;
      const column = Math.floor(tile / tilesM) * tileN;
      const fromA = start + 4 * (a / 4 + product * strideA + row * (transposeA === 1 ? 1 : lda));
      const fromB = start + 4 * (b / 4 + product * strideB + column * (transposeB === 1 ? ldb : 1));
      const to = start + 4 * (c / 4 + product * strideC + row * ldc + column);
      const rows = Math.min(tileM, m - row);
      const columns = Math.min(tileN, n - column);
      sgemm(ROW_MAJOR, flagA, flagB, rows, columns, k, 1, fromA, lda, fromB, ldb, accumulate, to, ldc);
    }
  };
}

/** As many as are taken out of an argument list. */
type Numbers = [number, number, number, number, number, number, number, number, number, number];
