import * as tf from "@tensorflow/tfjs-core";
import { SimdBackend } from "./backend.js";
import { findBlas } from "./blas.js";
import { Heap } from "./heap.js";
import { adviseHugePages } from "./huge-pages.js";
import { BACKEND_NAME, registerKernels } from "./kernels/register.js";
import { planThreads, ThreadPool } from "./thread-pool.js";
import { loadKernels } from "./wasm-module.js";

export type SimdOptions = {
  /** Threads for kernels, this one included. Default: as many as there are cores, 16 at most. */
  threads?: number;
  /** A native library for matrix products: its file, or false for none. Default: one in the usual places. */
  blas?: boolean | string;
  /** Memory that threads can share. Default: where the platform has it. */
  sharedMemory?: boolean;
  /** Fused multiply-add. Default: where the platform has it. */
  relaxedSimd?: boolean;
  /** Memory in pages of 2 MiB, which Linux has and `koffi` asks for. Default: where they are to be had. */
  hugePages?: boolean;
};

/** What runs, and why. */
export type SimdInfo = {
  threads: number;
  reasonForThreads: string;
  relaxedSimd: boolean;
  sharedMemory: boolean;
  /** Whether Linux was asked for pages of 2 MiB. */
  hugePages: boolean;
  /** The library for large products, and how many threads take part; 0 where it decides itself. */
  blas: { library: string; threads: number } | undefined;
  reasonForNoBlas: string | undefined;
  /** Bytes of the tensors in the heap now, and the most there were at a time. */
  liveBytes: number;
  peakBytes: number;
  /** Bytes of the heap; it grows and never shrinks. */
  heapBytes: number;
};

/**
 * Registers the backend `simd` with tfjs; `tf.setBackend("simd")` then makes it the current one.
 *
 * Doing it again changes nothing: to have other options, `tf.removeBackend("simd")` first.
 *
 * @throws Error if the platform has no WebAssembly SIMD.
 */
export function registerSimdBackend(options: SimdOptions = {}): Promise<void> {
  if (tf.engine().registryFactory[BACKEND_NAME] !== undefined) return Promise.resolve();
  registering ??= register(options).finally(() => {
    registering = undefined;
  });
  return registering;
}

/** A registration under way: who asks for another in the meantime waits for it. */
let registering: Promise<void> | undefined;

async function register(options: SimdOptions): Promise<void> {
  const { isShared, whyNot } = chooseMemory(options.sharedMemory);
  const plan = planThreads(options.threads, isShared, whyNot);
  const { module, hasRelaxedSimd } = await loadKernels(isShared, options.relaxedSimd ?? true);
  const heap = new Heap(isShared);
  const hasHugePages = (options.hugePages ?? true) && adviseHugePages(heap);
  const search = findBlas(options.blas ?? true, heap, plan.threads);
  const pool = new ThreadPool(module, heap, plan, search.blas);
  const backend = new SimdBackend(heap, pool, search.blas);
  running = { backend, hasRelaxedSimd, hasHugePages, reasonForNoBlas: search.reason };
  registerKernels();
  tf.registerBackend(BACKEND_NAME, () => backend, PRIORITY);
}

/** Above tfjs's own backends for the CPU, below those for the GPU. */
const PRIORITY = 2;

let running:
  | { backend: SimdBackend; hasRelaxedSimd: boolean; hasHugePages: boolean; reasonForNoBlas: string | undefined }
  | undefined;

/**
 * How the backend runs here, and how much memory it holds.
 *
 * @throws Error if it isn't registered.
 */
export function simdInfo(): SimdInfo {
  if (running === undefined) throw new Error("simdInfo: expected registerSimdBackend() before");
  const { backend, hasRelaxedSimd, hasHugePages, reasonForNoBlas } = running;
  const { heap, pool, blas } = backend;
  return {
    threads: pool.threads,
    reasonForThreads: pool.reason,
    relaxedSimd: hasRelaxedSimd,
    sharedMemory: heap.isShared,
    hugePages: hasHugePages,
    blas: blas && { library: blas.library, threads: blas.threads },
    reasonForNoBlas,
    liveBytes: heap.allocator.liveBytes - pool.scratchBytes,
    peakBytes: heap.allocator.peakBytes - pool.scratchBytes,
    heapBytes: heap.sizeBytes,
  };
}

function chooseMemory(wanted: boolean | undefined): { isShared: boolean; whyNot: string } {
  if (wanted === false) return { isShared: false, whyNot: "unshared memory was asked for" };
  const isIsolated = typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated !== false;
  if (!isIsolated) {
    const whyNot = "the page isn't cross-origin isolated, so memory can't be shared between threads";
    if (wanted) throw new Error(`registerSimdBackend: sharedMemory: ${whyNot}`);
    return { isShared: false, whyNot };
  }
  return { isShared: true, whyNot: "" };
}
