/**
 * How the threads of one pool talk: a block of the shared heap in which the main thread posts a list of jobs at a time.
 *
 * A job is a kernel over a number of parts. Threads go through the list in order and take runs of each job's parts until
 * none is left; which thread takes which doesn't matter to the result. The main thread never waits for one that didn't
 * begin: it closes the list and waits until those inside have left.
 */

/** Where the block lies in the heap, in bytes: the second page, above the module's own data. */
export const CONTROL_ADDRESS: number = 65_536;

// Words of the block. Those that different threads write to are a cache line or more apart.
/** Counts the lists posted; threads sleep on it. */
export const GENERATION = 0;
/** 1 while threads may join. */
export const IS_OPEN = 32;
/** How many parts of the list's jobs are done. */
const DONE = 64;
/** Threads that are inside the list. */
export const ACTIVE = 96;
/** Threads that have started. */
export const READY = 128;
/** 1 when a thread failed in the list. */
export const HAS_FAILED = 160;
const JOB_COUNT = 192;
const THREADS = 193;

const FIRST_JOB = 256;
const JOB_WORDS = 128;
/** The most jobs of a list. */
export const MOST_JOBS = 128;
/** The most arguments of a job. */
const MOST_ARGUMENTS = 48;
/** Bytes of the block; behind it lie the layouts of strided kernels. */
export const CONTROL_BYTES: number = 4 * (FIRST_JOB + MOST_JOBS * JOB_WORDS);

// Words of a job.
/** The first part that nobody has taken. */
const NEXT_PART = 0;
const KERNEL = 16;
const PARTS = 17;
/** How many parts a thread takes at once at least. */
const LEAST_RUN = 18;
/** How many of the list's parts must be done before it begins. */
const AFTER = 19;
const ARGUMENT_COUNT = 20;
/** The arguments, as float64, which holds a pointer as well as a float32. */
const ARGUMENTS = 32;

export type KernelFunction = (...args: number[]) => void;

/** The block as its words, and as the float64 that arguments are. */
export type Control = { words: Int32Array; numbers: Float64Array };

export function controlOf(buffer: ArrayBufferLike): Control {
  return {
    words: new Int32Array(buffer, CONTROL_ADDRESS, CONTROL_BYTES / 4),
    numbers: new Float64Array(buffer, CONTROL_ADDRESS, CONTROL_BYTES / 8),
  };
}

/** A job as it's written into the block. */
export type PostedJob = { kernel: number; args: readonly number[]; parts: number; leastRun: number; waits: boolean };

/**
 * Writes a list for so many threads, which must not be open.
 *
 * @throws RangeError if the block has no room for it.
 */
export function writeJobs({ words, numbers }: Control, jobs: readonly PostedJob[], threads: number): void {
  if (jobs.length > MOST_JOBS || jobs.some(({ args }) => args.length > MOST_ARGUMENTS)) {
    throw new RangeError(`simd: expected at most ${MOST_JOBS} jobs of ${MOST_ARGUMENTS} arguments`);
  }
  let [before, after] = [0, 0];
  for (let i = 0; i < jobs.length; i++) {
    const { kernel, args, parts, leastRun, waits } = jobs[i] as PostedJob;
    const job = FIRST_JOB + i * JOB_WORDS;
    if (waits) after = before;
    words[job + NEXT_PART] = 0;
    words[job + KERNEL] = kernel;
    words[job + PARTS] = parts;
    words[job + LEAST_RUN] = leastRun;
    words[job + AFTER] = after;
    words[job + ARGUMENT_COUNT] = args.length;
    const first = (job + ARGUMENTS) / 2;
    for (let j = 0; j < args.length; j++) numbers[first + j] = args[j] as number;
    before += parts;
  }
  words[JOB_COUNT] = jobs.length;
  words[THREADS] = threads;
  Atomics.store(words, DONE, 0);
}

/** Takes part in the jobs of the list until all are taken, or another thread failed. */
export function doJobs({ words, numbers }: Control, kernels: readonly KernelFunction[], maySleep: boolean): void {
  const count = words[JOB_COUNT] as number;
  for (let i = 0; i < count; i++) {
    const job = FIRST_JOB + i * JOB_WORDS;
    if (!waitUntilDone(words, words[job + AFTER] as number, maySleep)) return;
    readArguments(numbers, (job + ARGUMENTS) / 2, words[job + ARGUMENT_COUNT] as number);
    takeParts(words, job, kernels[words[job + KERNEL] as number] as KernelFunction);
  }
}

/**
 * What the next kernel is called with. Its first value, which is no number, has V8 keep this array as one of anything, with
 * integers as they are: of an array of floats it makes a new object for every argument of every call, and a model's step has
 * tens of thousands of them.
 */
const callArguments: unknown[] = [undefined];

function readArguments(numbers: Float64Array, first: number, count: number): void {
  callArguments.length = count + 2;
  for (let i = 0; i < count; i++) {
    const value = numbers[first + i] as number;
    const integer = value | 0;
    callArguments[i] = Object.is(integer, value) ? integer : value;
  }
}

function takeParts(words: Int32Array, job: number, kernel: KernelFunction): void {
  const last = callArguments.length - 1;
  for (;;) {
    const begin = Atomics.load(words, job + NEXT_PART);
    const end = endOfRun(words, job, begin);
    if (end === begin) return;
    if (Atomics.compareExchange(words, job + NEXT_PART, begin, end) !== begin) continue;
    callArguments[last - 1] = begin;
    callArguments[last] = end;
    kernel(...(callArguments as number[]));
    Atomics.add(words, DONE, end - begin);
  }
}

/**
 * Half of a fair share of what is left: long runs first, so that memory is read on and on, and short ones in the end, so
 * that no thread waits long for the others.
 */
function endOfRun(words: Int32Array, job: number, begin: number): number {
  const left = (words[job + PARTS] as number) - begin;
  let run = Math.max(words[job + LEAST_RUN] as number, Math.ceil(left / (2 * (words[THREADS] as number))));
  // Whole cache lines, where a part is an element.
  if (run >= 64) run = Math.ceil(run / 16) * 16;
  return begin + Math.min(run, left);
}

/** How often a thread looks before it gives its core to others; as a rule what it waits for takes microseconds. */
const LOOKS = 20_000;
const NAP_MS = 0.1;

/** Waits until so many parts are done. False if a thread failed, so that they never will be. */
function waitUntilDone(words: Int32Array, parts: number, maySleep: boolean): boolean {
  for (let looks = 0; ; looks++) {
    const done = Atomics.load(words, DONE);
    if (done >= parts) return true;
    if (Atomics.load(words, HAS_FAILED) === 1) return false;
    if (looks > LOOKS && maySleep) Atomics.wait(words, DONE, done, NAP_MS);
  }
}
