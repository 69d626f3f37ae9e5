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
export type WorkerStart = { module: WebAssembly.Module; memory: WebAssembly.Memory; thread: number; scratch: number };

/** How often a thread looks for the next job before it sleeps: kernels of one model follow each other in microseconds. */
const SPINS = 2_000;

function work({ module, memory, thread, scratch }: WorkerStart): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  const names = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function");
  const kernels = names.map(({ name }) => exports[name] as KernelFunction);
  (exports.initThread as KernelFunction)(thread, scratch);
  const control = new Int32Array(memory.buffer, CONTROL_ADDRESS, 256);
  const values = new Float64Array(memory.buffer, CONTROL_ADDRESS, 256);
  let generation = Atomics.load(control, GENERATION);
  Atomics.add(control, READY, 1);
  for (;;) {
    for (let i = 0; i < SPINS && Atomics.load(control, GENERATION) === generation; i++);
    Atomics.wait(control, GENERATION, generation);
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

function abort(): never {
  throw new Error("simd: a kernel aborted");
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node !== undefined) work(node.workerData as WorkerStart);
else globalThis.onmessage = ({ data }: MessageEvent<WorkerStart>) => work(data);
