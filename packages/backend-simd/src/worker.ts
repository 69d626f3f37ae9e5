import { instantiateKernels, kernelNames } from "./kernel-instance.js";
import type { Koffi } from "./koffi.js";
import { openGemm, type Sgemm, type SgemmSource } from "./sgemm.js";
import {
  ACTIVE,
  type Control,
  controlOf,
  doJobs,
  GENERATION,
  HAS_FAILED,
  IS_OPEN,
  type KernelFunction,
  READY,
} from "./thread-control.js";

/** What a thread of the pool is started with. */
export type WorkerStart = {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  thread: number;
  scratch: number;
  sgemm: SgemmSource | undefined;
};

/**
 * How long a thread looks for the next list before it sleeps. Kernels of one model follow each other in microseconds, and
 * waking a thread up takes longer than many of them.
 */
const SPIN_MS = 0.2;

function work(start: WorkerStart): void {
  const control = controlOf(start.memory.buffer);
  const { words } = control;
  let kernels: readonly KernelFunction[] | undefined;
  let generation = Atomics.load(words, GENERATION);
  Atomics.add(words, READY, 1);
  for (;;) {
    if (!spin(words, generation)) Atomics.wait(words, GENERATION, generation);
    generation = Atomics.load(words, GENERATION);
    Atomics.add(words, ACTIVE, 1);
    try {
      if (Atomics.load(words, IS_OPEN) === 1) {
        // Here, where the main thread waits: a process that ends while koffi is being loaded is aborted.
        kernels ??= makeKernels(start);
        takePart(control, kernels);
      }
    } finally {
      if (Atomics.sub(words, ACTIVE, 1) === 1) Atomics.notify(words, ACTIVE);
    }
  }
}

function makeKernels({ module, memory, thread, scratch, sgemm }: WorkerStart): readonly KernelFunction[] {
  const kernels = instantiateKernels(module, memory, sgemm && loadSgemm(sgemm));
  (kernels.initThread as KernelFunction)(thread, scratch);
  return kernelNames(module).map((name) => kernels[name] as KernelFunction);
}

function takePart(control: Control, kernels: readonly KernelFunction[]): void {
  try {
    doJobs(control, kernels, true);
  } catch {
    Atomics.store(control.words, HAS_FAILED, 1);
  }
}

function loadSgemm({ koffi, library, heap }: SgemmSource): Sgemm {
  const require = process.getBuiltinModule("node:module").createRequire(koffi);
  const { sgemm, setThreads } = openGemm((require(koffi) as Koffi).load(library), () => heap);
  setThreads?.(1);
  return sgemm;
}

/** Whether there's another list than `generation` before the time is over. */
function spin(words: Int32Array, generation: number): boolean {
  for (const until = performance.now() + SPIN_MS; performance.now() < until; ) {
    for (let i = 0; i < 100; i++) if (Atomics.load(words, GENERATION) !== generation) return true;
  }
  return false;
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node !== undefined) work(node.workerData as WorkerStart);
else globalThis.onmessage = ({ data }: MessageEvent<WorkerStart>) => work(data);
