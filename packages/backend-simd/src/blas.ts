import type { Heap } from "./heap.js";
import { createSgemm, type Koffi, type Library, type Sgemm, type SgemmSource, sgemmTiles } from "./sgemm.js";
import type { KernelFunction } from "./thread-control.js";

/** A native library of matrix products that works on the heap in place. */
export type Blas = {
  /** The file it was loaded from. */
  library: string;
  /** How many threads take part in a product; 0 where the library decides itself. */
  threads: number;
  sgemm: Sgemm;
  /** Takes the arguments of the kernel `gemmTiles`, and does the same. */
  sgemmTiles: KernelFunction;
  /** How the pool's threads get at it, which then share tiles out; undefined where it has threads of its own. */
  source: SgemmSource | undefined;
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

/**
 * Looks for a library and checks that it multiplies.
 *
 * @param wanted A file, true for the usual places (and the environment variable `T5_BLAS`), false for none.
 */
export function findBlas(wanted: boolean | string, heap: Heap, threads: number): BlasSearch {
  if (wanted === false) return { reason: "not asked for" };
  const node = globalThis.process?.getBuiltinModule?.("node:module");
  if (node === undefined) return { reason: "native libraries need Node" };
  const require = node.createRequire(import.meta.url);
  let koffi: Koffi;
  try {
    koffi = require("koffi") as Koffi;
  } catch (error) {
    return { reason: `the package koffi isn't installed or doesn't load (${firstLine(error)})` };
  }
  const named = typeof wanted === "string" ? wanted : globalThis.process.env.T5_BLAS;
  const candidates = named ? [named] : globalThis.process.platform === "darwin" ? MAC : OPENBLAS;
  const failures: string[] = [];
  for (const library of candidates) {
    try {
      return { blas: load(koffi, require.resolve("koffi"), library, heap, threads) };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  if (named) return { reason: `${named}: ${failures[0]}` };
  return { reason: "no OpenBLAS in the usual places; install it (Debian: libopenblas0-pthread) or set T5_BLAS" };
}

function load(koffi: Koffi, koffiFile: string, library: string, heap: Heap, threads: number): Blas {
  const handle = koffi.load(library);
  const base = baseAddress(koffi, heap);
  const sgemm = createSgemm(handle, base);
  const blas: Blas = { library, threads, sgemm, sgemmTiles: sgemmTiles(sgemm), source: undefined };
  check(blas, heap);
  try {
    if (threads > 1 && mayBeShared(handle)) {
      handle.func("void openblas_set_num_threads(int)")(1);
      blas.source = { koffi: koffiFile, library, heap: base() };
    } else {
      handle.func("void openblas_set_num_threads(int)")(threads);
    }
  } catch {
    blas.threads = 0; // not OpenBLAS, or an old one
  }
  return blas;
}

/**
 * Whether several threads may call a library at the same time, each for one product: OpenBLAS's build for pthreads is
 * safe for that, the serial one isn't, and the one for OpenMP has a number of threads for each caller.
 */
function mayBeShared(library: Library): boolean {
  return library.func("int openblas_get_parallel()")() === WITH_PTHREADS;
}

const WITH_PTHREADS = 1;

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
    blas.sgemm(0, 1, 2, 2, 2, at, 2, at + 16, 2, at + 32, 2, 0);
    const product = Array.from(heap.float32.subarray(at / 4 + 8, at / 4 + 12));
    if (product.join() !== "17,23,39,53") throw new Error(`its product is wrong: ${product.join(", ")}`);
  } finally {
    heap.free(block);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] as string;
}
