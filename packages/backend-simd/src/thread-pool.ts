import type { Block } from "./allocator.js";
import type { Blas } from "./blas.js";
import { WORKER_PROGRAM } from "./generated/worker-program.js";
import type { Heap } from "./heap.js";
import { instantiateKernels, kernelNames, SGEMM_TILES } from "./kernel-instance.js";
import type { SgemmSource } from "./sgemm.js";
import {
  ACTIVE,
  type Control,
  controlOf,
  doJobs,
  GENERATION,
  HAS_FAILED,
  IS_OPEN,
  type KernelFunction,
  MOST_JOBS,
  type PostedJob,
  READY,
  writeJobs,
} from "./thread-control.js";
import type { WorkerStart } from "./worker.js";

/** How many threads to use, and if it's one, why. */
export type ThreadPlan = { threads: number; reason: string };

/** The most threads taken unasked: beyond, memory is what kernels wait for. */
const MOST_THREADS = 16;

/** Jobs of less work than this, in elements of a cheap operation, are done before another thread would be awake. */
const PARALLEL_WORK = 24_000;
/** The least work a thread takes at once. */
const RUN_WORK = 8_192;
/** How often the main thread looks whether the others are done before it sleeps. */
const SPINS = 1_000;

/** Says how many threads may be had, given what is wanted. */
export function planThreads(wanted: number | undefined, isShared: boolean, whyNotShared: string): ThreadPlan {
  if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1)) {
    throw new RangeError(`registerSimdBackend: threads: expected a positive integer, got ${wanted}`);
  }
  if (wanted === 1) return { threads: 1, reason: "asked for" };
  if (!isShared) return { threads: 1, reason: whyNotShared };
  const hasWorkers = process?.getBuiltinModule !== undefined || typeof Worker !== "undefined";
  if (!hasWorkers) return { threads: 1, reason: "this platform has no worker threads" };
  if (wanted !== undefined) return { threads: wanted, reason: "asked for" };
  const cores = process?.getBuiltinModule?.("node:os").availableParallelism() ?? navigator.hardwareConcurrency ?? 1;
  const threads = Math.min(cores, MOST_THREADS);
  return { threads, reason: `${cores} core${cores === 1 ? "" : "s"}` };
}

const process = (globalThis as { process?: NodeJS.Process }).process;

/**
 * A kernel over `parts` that are independent of each other, so that the result is the same whoever does which. It's called
 * with `args` and the bounds of a range of parts, until 0 … `parts` is covered.
 */
export type Job = {
  kernel: string;
  args: readonly number[];
  parts: number;
  /** What a part costs, in elements of a cheap operation. */
  work: number;
  /** Whether it needs what the jobs before it in its list give. */
  waits: boolean;
};

/** Runs kernels of one module, split over threads where that is faster. */
export class ThreadPool {
  readonly kernels: Readonly<Record<string, KernelFunction>>;
  readonly #module: WebAssembly.Module;
  readonly #heap: Heap;
  readonly #sgemm: SgemmSource | undefined;
  /** The kernel of a library that has threads of its own: it's called once, from this one. */
  readonly #unshared: string | undefined;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #numbered: readonly KernelFunction[];
  readonly #scratch: Block[] = [];
  readonly #canSleep: boolean;
  #threads: number;
  #reason: string;
  #workers: Stoppable[] | undefined;

  constructor(module: WebAssembly.Module, heap: Heap, plan: ThreadPlan, blas?: Blas) {
    this.#module = module;
    this.#heap = heap;
    this.#sgemm = blas?.source;
    this.#threads = plan.threads;
    this.#reason = plan.reason;
    // Inside kernels of several threads only a library that may be shared is called.
    const sgemm = blas?.source !== undefined || plan.threads === 1 ? blas?.sgemm : undefined;
    const kernels = instantiateKernels(module, heap.memory, sgemm);
    if (blas !== undefined) kernels[SGEMM_TILES] = blas.sgemmTiles;
    this.kernels = kernels;
    if (blas?.source === undefined) this.#unshared = SGEMM_TILES;
    const names = kernelNames(module);
    this.#numbers = new Map(names.map((name, i) => [name, i]));
    this.#numbered = names.map((name) => this.kernels[name] as KernelFunction);
    this.#initThread(0);
    // A page's main thread may not sleep.
    this.#canSleep = process?.getBuiltinModule !== undefined || typeof window === "undefined";
  }

  /** Threads that take part, this one included; fewer than planned if some could not start. */
  get threads(): number {
    return this.#threads;
  }

  /** Why there are as many threads as there are. */
  get reason(): string {
    return this.#reason;
  }

  /** Does one job. */
  run(kernel: string, args: readonly number[], parts: number, work: number): void {
    this.runAll([{ kernel, args, parts, work, waits: false }]);
  }

  /** Does a list of jobs: threads are woken up once, and wait for each other where a job waits. */
  runAll(jobs: readonly Job[]): void {
    for (;;) {
      const alone = jobs.findIndex(({ kernel }) => kernel === this.#unshared);
      if (alone === -1) break;
      this.#share(jobs.slice(0, alone));
      this.#doHere(jobs[alone] as Job);
      jobs = jobs.slice(alone + 1);
    }
    this.#share(jobs);
  }

  #share(jobs: readonly Job[]): void {
    const work = jobs.reduce((sum, job) => sum + job.parts * job.work, 0);
    const mostParts = jobs.reduce((most, { parts }) => Math.max(most, parts), 0);
    if (mostParts > 1 && this.#threads > 1 && work >= PARALLEL_WORK && this.#start()) {
      for (let i = 0; i < jobs.length; i += MOST_JOBS) this.#post(jobs.slice(i, i + MOST_JOBS));
      return;
    }
    for (const job of jobs) this.#doHere(job);
  }

  #doHere({ kernel, args, parts }: Job): void {
    if (parts > 0) (this.kernels[kernel] as KernelFunction)(...args.concat(0, parts));
  }

  #post(jobs: readonly Job[]): void {
    const control = this.#controlBlock();
    const { words } = control;
    const posted = jobs.map((job) => this.#toPost(job));
    writeJobs(control, posted, this.#threads);
    Atomics.store(words, IS_OPEN, 1);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(
      words,
      GENERATION,
      Math.max(...posted.map(({ parts, leastRun }) => Math.ceil(parts / leastRun))) - 1,
    );
    let hasFailed = false;
    try {
      doJobs(control, this.#numbered, this.#canSleep);
    } catch (error) {
      Atomics.store(words, HAS_FAILED, 1);
      throw error;
    } finally {
      Atomics.store(words, IS_OPEN, 0);
      this.#waitForOthers(words);
      hasFailed = Atomics.exchange(words, HAS_FAILED, 0) === 1;
    }
    if (hasFailed) throw new Error(`simd: ${jobs.map(({ kernel }) => kernel).join(", ")} failed in a worker thread`);
  }

  #toPost({ kernel, args, parts, work, waits }: Job): PostedJob {
    const leastRun = Math.ceil(RUN_WORK / work);
    return { kernel: this.#numbers.get(kernel) as number, args, parts, leastRun, waits };
  }

  #waitForOthers(words: Int32Array): void {
    for (let i = 0; i < SPINS; i++) if (Atomics.load(words, ACTIVE) === 0) return;
    for (;;) {
      const active = Atomics.load(words, ACTIVE);
      if (active === 0) return;
      if (this.#canSleep) Atomics.wait(words, ACTIVE, active, 10);
    }
  }

  #control: Control | undefined;

  #controlBlock(): Control {
    // Shared memory: growth leaves its views valid.
    this.#control ??= controlOf(this.#heap.memory.buffer);
    return this.#control;
  }

  /** Starts the others at the first list that is worth it. Until one is up, the main thread works alone. */
  #start(): boolean {
    if (this.#workers === undefined) {
      this.#workers = [];
      try {
        for (let thread = 1; thread < this.#threads; thread++) {
          const scratch = this.#allocateScratch();
          const start = { module: this.#module, memory: this.#heap.memory, thread, scratch, sgemm: this.#sgemm };
          this.#workers.push(startWorker(start, (error) => this.#lose(error)));
        }
      } catch (error) {
        this.#lose(error);
      }
    }
    return this.#threads > 1 && Atomics.load(this.#controlBlock().words, READY) > 0;
  }

  #lose(error: unknown): void {
    this.#threads = 1;
    this.#reason = `worker threads could not start: ${error instanceof Error ? error.message : String(error)}`;
    this.stop();
  }

  /** Bytes of the heap that the threads keep to themselves. */
  get scratchBytes(): number {
    return this.#scratch.reduce((sum, { size }) => sum + size, 0);
  }

  #initThread(thread: number): void {
    (this.kernels.initThread as KernelFunction)(thread, this.#allocateScratch());
  }

  #allocateScratch(): number {
    const block = this.#heap.allocate((this.kernels.scratchBytes as () => number)());
    this.#scratch.push(block);
    return block.address;
  }

  /** Ends the other threads. */
  stop(): void {
    for (const worker of this.#workers ?? []) worker.terminate();
    this.#workers = [];
    this.#threads = 1;
  }
}

type Stoppable = { terminate(): unknown };

function startWorker(start: WorkerStart, onError: (error: unknown) => void): Stoppable {
  const threads = process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) {
    const worker = new threads.Worker(WORKER_PROGRAM, { eval: true, workerData: start, execArgv: [] });
    worker.on("error", onError);
    // Sleeping threads don't keep the process alive.
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([WORKER_PROGRAM], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onerror = (event) => onError(event.message || "the page's security policy may forbid workers made of blobs");
  worker.postMessage(start);
  URL.revokeObjectURL(url);
  return worker;
}
