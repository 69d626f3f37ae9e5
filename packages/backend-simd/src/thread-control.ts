/**
 * How the threads of one pool talk: a block of the shared heap in which the main thread posts one job at a time.
 *
 * A job is a kernel over a number of parts. Threads take runs of parts until none is left; which thread takes which
 * doesn't matter to the result. The main thread never waits for one that didn't begin: it closes the job and waits until
 * those inside have left.
 */

/** Where the block lies in the heap, in bytes: the second page, above the module's own data. */
export const CONTROL_ADDRESS: number = 65_536;
/** Bytes of the block; behind it lie the layouts of strided kernels. */
export const CONTROL_BYTES: number = 4_096;

// Words of the block. Those that different threads write to are a cache line or more apart.
/** Counts the jobs posted; threads sleep on it. */
export const GENERATION = 0;
/** 1 while threads may join the job. */
export const IS_OPEN = 32;
/** The first part that nobody has taken. */
export const NEXT_PART = 64;
/** Threads that are inside the job. */
export const ACTIVE = 96;
/** Threads that have started. */
export const READY = 128;
/** 1 when a thread failed in the job. */
export const HAS_FAILED = 160;
/** The job: the kernel's number, its parts, how many a thread takes at once, how many arguments it has. */
export const KERNEL = 192;
export const PARTS = 193;
export const RUN = 194;
export const ARGUMENT_COUNT = 195;
/** The arguments, as float64, which holds a pointer as well as a float32. In words of 8 bytes. */
export const ARGUMENTS = 128;

export type KernelFunction = (...args: number[]) => void;

/** Takes runs of the job's parts until none is left. */
export function takeParts(control: Int32Array, kernel: KernelFunction, args: readonly number[]): void {
  const parts = control[PARTS] as number;
  const run = control[RUN] as number;
  for (;;) {
    const begin = Atomics.add(control, NEXT_PART, run);
    if (begin >= parts) return;
    kernel(...args, begin, Math.min(begin + run, parts));
  }
}
