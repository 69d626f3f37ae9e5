import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { BenchOptions } from "../bench/run-bench.js";
import { integerFrom, positiveNumber } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";

/** What `--only` takes: the name of some work, or of all whose names begin with it. */
export const WORK_NAMES: readonly string[] = [
  ...["gemm", "gemm_nn", "gemm_nt", "gemm_tn"],
  "train_step",
  "encode128",
  ...["generate32", "generate32_beam1", "generate32_beam4"],
  ...["tokenizer", "tokenizer_cl100k", "tokenizer_unigram", "tokenizer_train"],
];

/** `t5 bench`: how fast this machine is, beside others. */
export function addBenchCommand(program: Command): void {
  const command = program
    .command("bench")
    .summary("how fast this machine is at it, beside others that are installed")
    .description(
      "Measures products of matrices, a training step, encoding, generation and tokenizing on every backend that runs " +
        "here, and beside the peers that are installed in a clone of the repository.",
    )
    .addOption(new Option("--size <name>", "only one model").choices(["tiny", "small"]))
    .option("--only <names>", `divided by commas: ${WORK_NAMES.join(", ")}`, workNames)
    .option("--threads <n>", `default ${availableParallelism()}, all; for products also 1`, integerFrom(1, 1024))
    .option("--rounds <n>", "how often each runs, in turns with the others", integerFrom(1), 5)
    .option(
      "--limit <seconds>",
      "the most a run may take, and about the most for the rounds of each",
      positiveNumber,
      30,
    )
    .option("--text <file>", "what tokenizers are measured on, for the 10 MB of sample data")
    .option("--no-peers", "only our own")
    .addHelpText(
      "after",
      "\nExamples:\n  t5 bench --size tiny\n  t5 bench --size small --only train_step --backend simd --no-peers",
    );
  addSharedOptions(command).action((options: BenchOptions) =>
    runCommand(options, async (context) => {
      const { runBench } = await import("../bench/run-bench.js");
      await runBench(options, context);
    }),
  );
  program.command("bench-serve <job>", { hidden: true }).action(async (job: string) => {
    const { serveBench } = await import("../bench/serve-bench.js");
    await serveBench(JSON.parse(job));
  });
}

function workNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !WORK_NAMES.includes(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`Expected some of ${WORK_NAMES.join(", ")}, got "${unknown}".`);
}
