import type { Library, NativeFunction } from "./koffi.js";
import type { KernelFunction } from "./thread-control.js";

/** What a thread needs to multiply by a library: two files, and the heap's address in the process. */
export type SgemmSource = { koffi: string; library: string; heap: number };

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

/** A library's product on the heap, and what can be told to the library of threads. */
export type Gemm = {
  sgemm: Sgemm;
  /** Whether several threads may ask for products at the same time, if each has `setThreads(1)`. */
  mayBeShared: boolean;
  /**
   * Whether weight · x is faster than xᵀ · weightᵀ where x has few columns. oneDNN puts a transposed matrix in order before
   * it multiplies: of weights from memory, on one thread, it makes 189 GFLOP/s with 128 rows and 210 to 224 with 128 columns,
   * 70 and 117 to 137 with 16. OpenBLAS is slower with columns, a third with 12.
   */
  favoursColumns: boolean;
  /** How many threads take part in a product that the calling thread asks for; undefined where the library decides. */
  setThreads: ((threads: number) => void) | undefined;
};

/**
 * Finds a library's product: oneDNN's, or that of any library with CBLAS's interface.
 *
 * @param heap Gives the heap's address in the process.
 * @throws Error if the library has no products.
 */
export function openGemm(library: Library, heap: () => number): Gemm {
  const dnnl = optional(library, `int dnnl_sgemm(int8_t, int8_t, ${DNNL_SIZES}, float, ${DNNL_MATRICES})`);
  return dnnl === undefined ? openCblas(library, heap) : openDnnl(library, dnnl, heap);
}

const DNNL_SIZES = "int64_t, int64_t, int64_t";
const DNNL_MATRICES = "uintptr_t, int64_t, uintptr_t, int64_t, float, uintptr_t, int64_t";

/** Its letters for matrices as they are, and transposed. */
const [N, T] = ["N", "T"].map((letter) => letter.charCodeAt(0)) as [number, number];

/**
 * oneDNN with threads of OpenMP, of which every thread that asks has a number of its own. Matrices are row by row.
 *
 * Some of its kernels (seen in 2.6, where b isn't transposed) point the stack at a buffer of the heap. A handler of a
 * signal would write beside it, as a profiler's does a thousand times a second, so signals wait until it's done.
 */
function openDnnl(library: Library, call: NativeFunction, heap: () => number): Gemm {
  const setMask = library.func("int pthread_sigmask(int, uint8_t *, uint8_t *)");
  const all = new Uint8Array(SIGNAL_SET_BYTES).fill(0xff);
  const before = new Uint8Array(SIGNAL_SET_BYTES);
  if (setMask(SIG_BLOCK, null, before) !== 0) throw new Error("oneDNN is used on Linux only");
  const flag = (isTransposed: number): number => (isTransposed === 0 ? N : T);
  const sgemm: Sgemm = (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const at = atAddress(heap());
    setMask(SIG_BLOCK, all, before);
    try {
      call(flag(transposeA), flag(transposeB), m, n, k, 1, at(a), lda, at(b), ldb, accumulate, at(c), ldc);
    } finally {
      setMask(SIG_SETMASK, before, null);
    }
  };
  return { sgemm, mayBeShared: true, favoursColumns: true, setThreads: library.func("void omp_set_num_threads(int)") };
}

/** Linux's numbers. */
const SIG_BLOCK = 0;
const SIG_SETMASK = 2;
const SIGNAL_SET_BYTES = 128;

/** CBLAS's names for how a matrix is stored. */
const ROW_MAJOR = 101;
const AS_IS = 111;
const TRANSPOSED = 112;

/** What OpenBLAS says of its threads where several may call it: its serial build isn't safe for that, nor OpenMP's. */
const WITH_PTHREADS = 1;

function openCblas(library: Library, heap: () => number): Gemm {
  const matrix = "uintptr_t, int";
  const call = library.func(
    `void cblas_sgemm(int, int, int, int, int, int, float, ${matrix}, ${matrix}, float, ${matrix})`,
  );
  const flag = (isTransposed: number): number => (isTransposed === 0 ? AS_IS : TRANSPOSED);
  const sgemm: Sgemm = (transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate) => {
    const at = atAddress(heap());
    const flags = [ROW_MAJOR, flag(transposeA), flag(transposeB)] as const;
    call(...flags, m, n, k, 1, at(a), lda, at(b), ldb, accumulate, at(c), ldc);
  };
  return {
    sgemm,
    mayBeShared: optional(library, "int openblas_get_parallel()")?.() === WITH_PTHREADS,
    favoursColumns: false,
    setThreads: optional(library, "void openblas_set_num_threads(int)"),
  };
}

/** Where in the process something of the heap is. An address beyond 2 GiB is negative as it comes out of the module. */
function atAddress(heap: number): (address: number) => number {
  return (address) => heap + (address >>> 0);
}

/** Undefined if the library has no such function. */
function optional(library: Library, signature: string): NativeFunction | undefined {
  try {
    return library.func(signature);
  } catch {
    return undefined;
  }
}

/** The kernel `gemmTiles`, by a library. */
export function sgemmTiles(sgemm: Sgemm): KernelFunction {
  return (
    transposeA,
    transposeB,
    m,
    n,
    k,
    a,
    lda,
    strideA,
    b,
    ldb,
    strideB,
    c,
    ldc,
    strideC,
    tileM,
    tileN,
    accumulate,
    begin,
    end,
  ) => {
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
