import { availableParallelism, cpus, loadavg } from "node:os";
import { readText } from "../files/input-file.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { outColors } from "../terminal/colors.js";
import type { Output } from "../terminal/output.js";
import { startBenchProcess } from "./bench-process.js";
import { type Clone, findClone } from "./clone.js";
import { type Candidate, type Contender, candidateGroups } from "./contender.js";
import type { BenchJob } from "./job.js";
import { type Measurement, toMeasurements } from "./measurement.js";
import { measurementTable } from "./measurement-table.js";
import { ownContenders } from "./own-contenders.js";
import { findPeers } from "./peers.js";
import { measureInRounds } from "./rounds.js";
import { missingForTokenizers, type TokenizerFiles, withTokenizerFiles } from "./tokenizer-files.js";
import { describeWork, selectWork, type Work } from "./work.js";

/** What `t5 bench` is told. */
export type BenchOptions = SharedOptions & {
  size?: "tiny" | "small";
  only?: string[];
  threads?: number;
  rounds: number;
  limit: number;
  text?: string;
  peers: boolean;
};

/** Compilers at run time, of JavaScript as of kernels, are done by then; whoever has none loses nothing. */
const WARM_UP_MS = 2_000;
/** How long a process may take to get ready: its imports, its weights. */
const START_MS = 300_000;

/**
 * Measures what the options leave, and shows each result before the next is measured.
 *
 * @throws Error if nothing could be measured.
 */
export async function runBench(options: BenchOptions, { output, signal }: CommandContext): Promise<void> {
  const cores = availableParallelism();
  if (options.text !== undefined) await readText(options.text, "a text in UTF-8"); // before minutes are spent
  showMachine(cores, output);
  const clone = findClone();
  const work = selectWork(options).filter((item) => hasWhatItNeeds(item, clone, output));
  const contenders = await findContenders(work, options, output);
  let count = 0;
  for (const item of work) {
    for (const candidates of candidateGroups(contenders, item, { threads: options.threads, cores })) {
      if (candidates.length === 0) continue;
      const measurements = await measure(item, candidates, options, { output, signal });
      output.progress(undefined);
      show(item, measurements, output);
      count += measurements.filter((measurement) => "seconds" in measurement).length;
    }
  }
  if (count === 0) throw new Error("bench: nothing could be measured; the reasons are above");
}

function showMachine(cores: number, output: Output): void {
  const load = loadavg()[0] as number;
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  const { node } = process.versions;
  output.event({ event: "machine", cpu, cores, node, load });
  output.line(outColors.dim(`${cores} × ${cpu}, Node ${node}, load ${load.toFixed(1)}`));
  if (load > cores / 2) {
    output.warn(`the machine is busy (load ${load.toFixed(1)} on ${cores} cores): ratios mean more than times`);
  }
}

/** Says so of work that can't be done here. */
function hasWhatItNeeds(work: Work, clone: Clone | undefined, output: Output): boolean {
  const reason = work.kind === "tokenizer" ? missingForTokenizers(work.tokenizer, clone) : undefined;
  if (reason === undefined) return true;
  output.event({ event: "skipped", names: [work.what], reason });
  output.line(outColors.dim(`skipped: ${work.what}: ${reason}`));
  return false;
}

async function findContenders(
  work: readonly Work[],
  { backend, peers }: BenchOptions,
  output: Output,
): Promise<Contender[]> {
  const own = await ownContenders(backend, work);
  const found = peers ? await findPeers(work, findClone()?.benchFolder) : { contenders: [], missing: [] };
  for (const { names, reason } of [...own.missing, ...found.missing]) {
    output.event({ event: "skipped", names, reason });
    output.line(outColors.dim(`skipped: ${names.join(", ")}: ${reason}`));
  }
  return [...own.contenders, ...found.contenders];
}

async function measure(
  work: Work,
  candidates: readonly Candidate[],
  { rounds, limit, text }: BenchOptions,
  { output, signal }: Pick<CommandContext, "output" | "signal">,
): Promise<Measurement[]> {
  const startedAt = Date.now();
  const totalSteps = candidates.length * (rounds + 1);
  let step = 0;
  const limitMs = limit * 1000;
  return withFiles(work, { text, signal }, async (files) => {
    const outcomes = await measureInRounds(candidates, {
      start: async ({ contender, threads }) => {
        const job: BenchJob = { ...work, ...files, backend: contender.backend, threads };
        return startBenchProcess(await contender.command(job), { startMs: START_MS, runMs: limitMs, signal });
      },
      rounds,
      warmUpMs: WARM_UP_MS,
      limitMs,
      signal,
      onRun({ contender }, round) {
        const now = `${contender.peer} ${contender.backend}, ${round === undefined ? "warming up" : `round ${round + 1}`}`;
        output.progress({ title: `${work.what} ${work.size}`, step: step++, totalSteps, fields: { now }, startedAt });
      },
    });
    return toMeasurements(work, outcomes);
  });
}

/** What a tokenizer is measured on, for as long as it takes. */
async function withFiles<T>(
  work: Work,
  { text, signal }: { text: string | undefined; signal: AbortSignal },
  use: (files: Partial<TokenizerFiles>) => Promise<T>,
): Promise<T> {
  const clone = findClone();
  if (work.kind !== "tokenizer" || clone === undefined) return use({});
  return withTokenizerFiles(work.tokenizer, clone, { vocabSize: Number(work.size), signal }, (files) =>
    use(text === undefined ? files : { ...files, textFile: text }),
  );
}

function show(work: Work, measurements: readonly Measurement[], output: Output): void {
  for (const measurement of measurements) {
    output.event({ event: "seconds" in measurement ? "measurement" : "not_measured", ...measurement });
  }
  output.line(`\n${outColors.bold(`${work.what} ${work.size}`)}  ${outColors.dim(describeWork(work))}`);
  for (const line of measurementTable(measurements)) output.line(line);
}
