import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readText } from "../files/input-file.js";
import { openModelFolder, saveModelFolder } from "../files/model-folder.js";
import { openTokenizer } from "../files/tokenizer-file.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { readingInput, UsageError } from "../usage-error.js";
import { pathResolver } from "./resolve-path.js";
import { parseRunConfig, type RunConfig } from "./run-config.js";
import { LOG_FILE, prepareRunFolder } from "./run-folder.js";
import { showTraining, smoothed } from "./show-training.js";
import { trainRun } from "./train-run.js";

/** What `t5 train` is told. */
export type TrainOptions = SharedOptions & { resume?: boolean; overwrite?: boolean };

/** Carries out the run of a RUN.json: what `t5 train` does. */
export async function trainFile(file: string, options: TrainOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  const run = await openRun(file);
  const resolvePath = pathResolver(dirname(resolve(file)));
  const folder = resolvePath(run.output);
  await prepareRunFolder(folder, options, output.note);
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
  const shown = { output, title: "train", totalSteps: run.steps, logFile: join(folder, LOG_FILE) };
  const { steps, reason } = await showTraining(events, shown);
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
