import type { BenchCommand } from "./bench-process.js";
import type { BenchJob } from "./job.js";
import type { Work } from "./work.js";

/** A program that does some of the work. */
export type Contender = {
  /** Name and version, as in the output. */
  peer: string;
  backend: string;
  isOurs: boolean;
  /** Whether it uses the threads it's told to; otherwise it has one. */
  isThreaded: boolean;
  does(work: Work): boolean;
  /**
   * The process that does a job.
   *
   * @throws Error with the reason if something that it needs isn't here.
   */
  command(job: BenchJob): Promise<BenchCommand>;
};

/** Who was looked for: those who can be measured here, and those who can't, with the reason. */
export type Found = { contenders: Contender[]; missing: { names: string[]; reason: string }[] };

/** A contender with the threads that it's given. */
export type Candidate = { contender: Contender; threads: number };

/**
 * Who is measured side by side on some work: everybody, with the threads asked for or as many as there are cores.
 * Products are also measured with one thread, beside those that have no more.
 */
export function candidateGroups(
  contenders: readonly Contender[],
  work: Work,
  { threads, cores }: { threads?: number; cores: number },
): Candidate[][] {
  const able = contenders.filter((contender) => contender.does(work));
  const all = threads ?? cores;
  const side = (group: readonly Contender[], count: number): Candidate[] =>
    group.map((contender) => ({ contender, threads: contender.isThreaded ? count : 1 }));
  if (work.kind !== "gemm" || threads !== undefined || cores === 1) return [side(able, all)];
  const threaded = able.filter(({ isThreaded }) => isThreaded);
  return [side(able, 1), side(threaded, cores)];
}

/** What every process finds in its environment, so that libraries of native code do as they're told. */
export function threadEnvironment(threads: number): NodeJS.ProcessEnv {
  return {
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    // Threads that spin while they wait would take the cores from those of another process.
    OMP_WAIT_POLICY: "passive",
  };
}
