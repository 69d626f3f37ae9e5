import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { openModelFolder, openTokenizer, readText, saveModelFolder } from "../model-folder.js";
import { pathResolver } from "../run/resolve-path.js";
import { parseRunConfig, type RunConfig } from "../run/run-config.js";
import { showTraining, smoothed } from "../run/show-training.js";
import { trainRun } from "../run/train-run.js";
import { addSharedOptions, type CommandContext, runCommand, type SharedOptions } from "../run-command.js";
import { readingInput, UsageError } from "../usage-error.js";

type TrainOptions = SharedOptions & { resume?: boolean };

const EXAMPLE = `
Example RUN.json, fine-tuning a model of the quickstart on its data:
  {
    "from": "runs/quickstart/phase-2",
    "output": "runs/snips",
    "tasks": [{ "kind": "snips", "name": "snips", "file": "data/snips/train.jsonl.gz" }],
    "batchSize": 32, "inputLength": 64, "targetLength": 64,
    "steps": 300,
    "schedule": { "learningRate": 0.01, "warmupSteps": 20 }
  }

  t5 train RUN.json            until its steps are made, or Ctrl-C: it's saved
  t5 train RUN.json --resume   goes on where it was`;

/** `t5 train RUN.json` */
export function addTrainCommand(program: Command): void {
  const command = program
    .command("train")
    .description("carry out a run: pretraining, several tasks at once, or fine-tuning")
    .argument("<RUN.json>", "what to learn from what")
    .option("--resume", "go on from the newest checkpoint of the run");
  addSharedOptions(command)
    .addHelpText("after", EXAMPLE)
    .action((file: string, options: TrainOptions) =>
      runCommand(options, (context) => trainFile(file, options, context)),
    );
}

async function trainFile(file: string, options: TrainOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  const run = await openRun(file);
  const resolvePath = pathResolver(dirname(resolve(file)));
  const folder = resolvePath(run.output);
  await context.startBackend();
  const source = run.from === undefined ? undefined : await openModelFolder(resolvePath(run.from), output.warn);
  const tokenizer = run.tokenizer === undefined ? source?.tokenizer : await openTokenizer(resolvePath(run.tokenizer));
  if (tokenizer === undefined) throw new UsageError(`${file}: tokenizer: expected the path of a tokenizer.json`);
  await mkdir(folder, { recursive: true });

  const events = trainRun(
    { ...run, output: folder },
    {
      tokenizer,
      ...(source === undefined ? {} : { model: source.model }),
      seed: run.seed ?? context.seed,
      resolvePath,
      shouldResume: options.resume ?? false,
      signal,
      save: (model) => saveModelFolder(folder, { model, tokenizer }),
    },
  );
  const shown = { output, title: "train", totalSteps: run.steps, logFile: join(folder, "events.ndjson") };
  const { steps, reason } = await readingInput(() => showTraining(events, shown));
  const last = steps.at(-1);
  const loss = steps.length === 0 ? "" : `, loss ${smoothed(steps).toFixed(3)}`;
  const end = reason === "signal" ? "stopped, to go on with --resume" : "done";
  output.line(`${end}: step ${last?.step ?? run.steps} of ${run.steps}${loss}; saved in ${folder}`);
}

async function openRun(file: string): Promise<RunConfig> {
  const text = await readText(file, "a RUN.json");
  return readingInput(() => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new Error(`${file}: expected JSON: ${(cause as Error).message}`, { cause });
    }
    return parseRunConfig(json, file);
  });
}
