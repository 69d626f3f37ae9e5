import type { Heap } from "./heap.js";
import type { Product } from "./multiply.js";

/** A native library of matrix products that works on the heap in place. */
export type Blas = {
  /** The file it was loaded from. */
  library: string;
  threads: number;
  /** c = op(a) · op(b) at addresses of the heap, added to what is there if asked for. */
  multiply(product: Product, a: number, b: number, c: number, accumulate: boolean): void;
};

/** The library, or why there is none. */
export type BlasSearch = { blas: Blas; reason?: undefined } | { blas?: undefined; reason: string };

/** Where distributions put OpenBLAS. Its pthread build comes first: OpenMP's threads stall when other work is about. */
const OPENBLAS = [
  "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0",
  "/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0",
  "/usr/lib64/libopenblasp.so.0",
  "/usr/lib/x86_64-linux-gnu/libopenblas.so.0",
  "/usr/lib/aarch64-linux-gnu/libopenblas.so.0",
  "/usr/lib64/libopenblas.so.0",
  "/usr/lib/libopenblas.so.0",
  "/usr/lib/libopenblas.so",
  "/home/linuxbrew/.linuxbrew/opt/openblas/lib/libopenblas.so",
];
const ACCELERATE = "/System/Library/Frameworks/Accelerate.framework/Accelerate";
const MAC = [
  ACCELERATE,
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  "/usr/local/opt/openblas/lib/libopenblas.dylib",
];

/** CBLAS's names for how a matrix is stored. */
const ROW_MAJOR = 101;
const AS_IS = 111;
const TRANSPOSED = 112;

/**
 * Looks for a library and checks that it multiplies.
 *
 * @param wanted A file, true for the usual places (and the environment variable `T5_BLAS`), false for none.
 */
export function findBlas(wanted: boolean | string, heap: Heap, threads: number): BlasSearch {
  if (wanted === false) return { reason: "not asked for" };
  const node = globalThis.process?.getBuiltinModule?.("node:module");
  if (node === undefined) return { reason: "native libraries need Node" };
  let koffi: Koffi;
  try {
    koffi = node.createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    return { reason: `the package koffi isn't installed or doesn't load (${firstLine(error)})` };
  }
  const named = typeof wanted === "string" ? wanted : globalThis.process.env.T5_BLAS;
  const candidates = named ? [named] : globalThis.process.platform === "darwin" ? MAC : OPENBLAS;
  const failures: string[] = [];
  for (const library of candidates) {
    try {
      return { blas: load(koffi, library, heap, threads) };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  if (named) return { reason: `${named}: ${failures[0]}` };
  return { reason: "no OpenBLAS in the usual places; install it (Debian: libopenblas0-pthread) or set T5_BLAS" };
}

/** What is used of koffi, whose types are only there where it is. */
type Koffi = {
  load(path: string): { func(signature: string): (...args: number[]) => number };
  address(view: ArrayBufferView): bigint;
};

function load(koffi: Koffi, library: string, heap: Heap, threads: number): Blas {
  // After each product OpenBLAS's threads stay awake for a while and take the cores from ours. Read when it's loaded.
  globalThis.process.env.OPENBLAS_THREAD_TIMEOUT ??= "10";
  const handle = koffi.load(library);
  const matrix = "uintptr_t, int";
  const sgemm = handle.func(
    `void cblas_sgemm(int, int, int, int, int, int, float, ${matrix}, ${matrix}, float, ${matrix})`,
  );
  let used = threads;
  try {
    handle.func("void openblas_set_num_threads(int)")(threads);
  } catch {
    used = 0; // Accelerate decides for itself
  }
  const base = baseAddress(koffi, heap);
  const blas: Blas = {
    library,
    threads: used,
    multiply({ transposeA, transposeB, m, n, k, lda, ldb, ldc }, a, b, c, accumulate) {
      const start = base();
      const flagA = transposeA ? TRANSPOSED : AS_IS;
      const flagB = transposeB ? TRANSPOSED : AS_IS;
      const beta = accumulate ? 1 : 0;
      sgemm(ROW_MAJOR, flagA, flagB, m, n, k, 1, start + a, lda, start + b, ldb, beta, start + c, ldc);
    },
  };
  check(blas, heap);
  return blas;
}

/** The heap's address in the process; growing the heap may move it. */
function baseAddress(koffi: Koffi, heap: Heap): () => number {
  let buffer: ArrayBufferLike | undefined;
  let address = 0;
  return () => {
    if (buffer !== heap.memory.buffer) {
      buffer = heap.memory.buffer;
      address = Number(koffi.address(heap.bytes));
    }
    return address;
  };
}

/** One small product, so that a library that can't do it is found out now. */
function check(blas: Blas, heap: Heap): void {
  const block = heap.allocate(3 * 4 * 4);
  try {
    const at = block.address;
    heap.float32.set([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0], at / 4);
    const square = { transposeA: false, transposeB: true, m: 2, n: 2, k: 2, lda: 2, ldb: 2, ldc: 2 };
    blas.multiply(square, at, at + 16, at + 32, false);
    const product = Array.from(heap.float32.subarray(at / 4 + 8, at / 4 + 12));
    if (product.join() !== "17,23,39,53") throw new Error(`its product is wrong: ${product.join(", ")}`);
  } finally {
    heap.free(block);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] as string;
}
