import { instantiateKernels, kernelNames } from "./kernel-instance.js";
import { createSgemm, type Koffi, type Sgemm, type SgemmSource } from "./sgemm.js";
import {
  ACTIVE,
  ARGUMENT_COUNT,
  ARGUMENTS,
  CONTROL_ADDRESS,
  GENERATION,
  HAS_FAILED,
  IS_OPEN,
  KERNEL,
  type KernelFunction,
  READY,
  takeParts,
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
 * How long a thread looks for the next job before it sleeps. Kernels of one model follow each other in microseconds, and
 * waking a thread up takes longer than many of them.
 */
const SPIN_MS = 0.2;

function work({ module, memory, thread, scratch, sgemm: source }: WorkerStart): void {
  const sgemm = source && loadSgemm(source);
  const named = instantiateKernels(module, memory, sgemm);
  const kernels = kernelNames(module).map((name) => named[name] as KernelFunction);
  (named.initThread as KernelFunction)(thread, scratch);
  const control = new Int32Array(memory.buffer, CONTROL_ADDRESS, 256);
  const values = new Float64Array(memory.buffer, CONTROL_ADDRESS, 256);
  let generation = Atomics.load(control, GENERATION);
  Atomics.add(control, READY, 1);
  for (;;) {
    if (!spin(control, generation)) Atomics.wait(control, GENERATION, generation);
    generation = Atomics.load(control, GENERATION);
    Atomics.add(control, ACTIVE, 1);
    if (Atomics.load(control, IS_OPEN) === 1) {
      try {
        const count = control[ARGUMENT_COUNT] as number;
        const args = Array.from(values.subarray(ARGUMENTS, ARGUMENTS + count));
        takeParts(control, kernels[control[KERNEL] as number] as KernelFunction, args);
      } catch {
        Atomics.store(control, HAS_FAILED, 1);
      }
    }
    if (Atomics.sub(control, ACTIVE, 1) === 1) Atomics.notify(control, ACTIVE);
  }
}

function loadSgemm({ koffi, library, heap }: SgemmSource): Sgemm {
  const require = process.getBuiltinModule("node:module").createRequire(koffi);
  return createSgemm((require(koffi) as Koffi).load(library), () => heap);
}

/** Whether there's another job than `generation` before the time is over. */
function spin(control: Int32Array, generation: number): boolean {
  for (const until = performance.now() + SPIN_MS; performance.now() < until; ) {
    for (let i = 0; i < 100; i++) if (Atomics.load(control, GENERATION) !== generation) return true;
  }
  return false;
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node !== undefined) work(node.workerData as WorkerStart);
else globalThis.onmessage = ({ data }: MessageEvent<WorkerStart>) => work(data);
