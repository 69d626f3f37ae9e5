import type { Heap } from "./heap.js";
import { findKoffi, firstLine, type Koffi } from "./koffi.js";
import { openGemm, type Sgemm, type SgemmSource, sgemmTiles } from "./sgemm.js";
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
  /** As in `Gemm`. */
  favoursColumns: boolean;
};

/** The library, or why there is none. */
export type BlasSearch = { blas: Blas; reason?: undefined } | { blas?: undefined; reason: string };

/** oneDNN, which comes first: of products of a few hundred rows it makes a third more a second than OpenBLAS. */
const ONEDNN = [
  "/usr/lib/x86_64-linux-gnu/libdnnl.so.3",
  "/usr/lib/x86_64-linux-gnu/libdnnl.so.2",
  "/usr/lib64/libdnnl.so.3",
];
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
  const search = findKoffi();
  if (search.koffi === undefined) return search;
  const named = typeof wanted === "string" ? wanted : globalThis.process.env.T5_BLAS;
  const candidates = named ? [named] : usualPlaces(globalThis.process);
  const failures: string[] = [];
  for (const library of candidates) {
    try {
      return { blas: load(search.koffi, search.file, library, heap, threads) };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  if (named) return { reason: `${named}: ${failures[0]}` };
  return {
    reason:
      "no oneDNN or OpenBLAS in the usual places; install one (Debian: libdnnl3 or libopenblas0-pthread) or set T5_BLAS",
  };
}

/** Where to look, the fastest first. */
export function usualPlaces({ platform, arch }: NodeJS.Process): string[] {
  if (platform === "darwin") return MAC;
  return arch === "x64" ? [...ONEDNN, ...OPENBLAS] : OPENBLAS; // elsewhere oneDNN's own product isn't made for the processor
}

function load(koffi: Koffi, koffiFile: string, library: string, heap: Heap, threads: number): Blas {
  const base = baseAddress(koffi, heap);
  const { sgemm, mayBeShared, favoursColumns, setThreads } = openGemm(koffi.load(library), base);
  const isShared = threads > 1 && mayBeShared;
  setThreads?.(isShared ? 1 : threads);
  const blas: Blas = {
    library,
    threads: setThreads === undefined ? 0 : threads,
    sgemm,
    sgemmTiles: sgemmTiles(sgemm),
    source: isShared ? { koffi: koffiFile, library, heap: base() } : undefined,
    favoursColumns,
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
    blas.sgemm(0, 1, 2, 2, 2, at, 2, at + 16, 2, at + 32, 2, 0);
    const product = Array.from(heap.float32.subarray(at / 4 + 8, at / 4 + 12));
    if (product.join() !== "17,23,39,53") throw new Error(`its product is wrong: ${product.join(", ")}`);
  } finally {
    heap.free(block);
  }
}
