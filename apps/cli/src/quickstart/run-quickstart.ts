import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  collect,
  formatSnipsFrame,
  parseSnips,
  readJsonl,
  type SnipsRecord,
  snipsExample,
  snipsFrame,
} from "@t5ts/datasets";
import { fileSource } from "@t5ts/datasets/node";
import { disposeT5, type T5Model } from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { openModelFolder, saveModelFolder } from "../files/model-folder.js";
import type { LossCurve, ReportData } from "../report/report-data.js";
import { writeReport } from "../report/write-report.js";
import type { RunConfig } from "../run/run-config.js";
import { LOG_FILE } from "../run/run-folder.js";
import { type LoggedStep, showTraining, smoothed } from "../run/show-training.js";
import { trainRun } from "../run/train-run.js";
import type { CommandContext } from "../run-command.js";
import { attentionPicture } from "./attention-picture.js";
import { majorityFrame, predictSnips, type SnipsScores, scoreSnips } from "./evaluate-snips.js";
import { trainQuickstartTokenizer } from "./quickstart-tokenizer.js";
import {
  type Dialect,
  FINE_TUNING,
  PHASE_1,
  PHASE_2,
  phaseRun,
  quickstartModel,
  SNIPS_TRAIN,
  SNIPS_VALIDATION,
} from "./recipe.js";

export type QuickstartOptions = {
  dialect: Dialect;
  /** The sample data, the models and checkpoints, the report: folders. */
  data: string;
  runs: string;
  report: string;
};

/** The models that are compared, by the names that the report gives them. */
const PRETRAINED = "pretrained, then fine-tuned";
const RANDOM = "random weights, then fine-tuned";
const MAJORITY = "majority class";
const NUM_SAMPLES = 4;

const RUN_FOLDERS = ["phase-1", "phase-2", "snips", "snips-from-random"] as const;

/**
 * The whole story: a vocabulary, two phases of pretraining, fine-tuning, evaluation beside two baselines, samples and a
 * report. Nothing in it is prepared; the same seed gives the same numbers on one backend.
 */
export async function runQuickstart(
  { dialect, data, runs, report }: QuickstartOptions,
  context: CommandContext,
): Promise<void> {
  const { output, signal, seed } = context;
  const startedAt = Date.now();
  const resolvePath = (path: string): string => join(data, path);
  const chosen = await context.startBackend();
  output.line(`backend ${chosen.name}: ${chosen.reason}`);

  const tokenizer = await trainQuickstartTokenizer(resolvePath, { output, signal });
  output.line(`tokenizer: ${tokenizer.vocabSize} pieces, ${elapsed(startedAt)}`);
  const folder = (name: string): string => join(runs, name);
  // Of an earlier story; whatever else is there isn't ours.
  for (const name of RUN_FOLDERS) await rm(folder(name), { recursive: true, force: true });
  await mkdir(runs, { recursive: true });
  await writeFile(join(runs, "tokenizer.json"), `${JSON.stringify(tokenizer)}\n`);

  const curves: LossCurve[] = [];
  const trainPhase = async (name: string, chart: string, run: RunConfig, from?: string): Promise<void> => {
    if (signal.aborted) return;
    const phaseStart = Date.now();
    const model = from === undefined ? undefined : (await openModelFolder(from, output.warn)).model;
    await mkdir(run.output, { recursive: true });
    const save = (trained: T5Model): Promise<void> => saveModelFolder(run.output, { model: trained, tokenizer });
    const options = { tokenizer, seed, resolvePath, shouldResume: false, signal, save };
    const events = trainRun(run, model === undefined ? options : { ...options, model });
    const logFile = join(run.output, LOG_FILE);
    const { steps, metrics } = await showTraining(events, { output, title: name, totalSteps: run.steps, logFile });
    if (steps.length === 0) return;
    curves.push(curve(chart, name, steps));
    const measured = Object.entries(metrics).map(([metric, value]) => `${metric} ${value.toFixed(2)}`);
    const loss = `loss ${smoothed(steps.slice(0, 20)).toFixed(2)} → ${smoothed(steps).toFixed(2)}`;
    output.line(`${name}: ${[`${steps.length} steps`, loss, ...measured, elapsed(phaseStart)].join(", ")}`);
  };
  const fresh = { model: quickstartModel(dialect) };
  const [phase1, phase2, snips, snipsRandom] = RUN_FOLDERS.map(folder) as [string, string, string, string];
  await trainPhase("phase I", "Phase I: hidden spans and next sentences", { ...phaseRun(PHASE_1, phase1), ...fresh });
  await trainPhase("phase II", "Phase II: several tasks", phaseRun(PHASE_2, phase2), phase1);
  const chart = "Fine-tuning on SNIPS";
  await trainPhase(PRETRAINED, chart, phaseRun(FINE_TUNING, snips), phase2);
  await trainPhase(RANDOM, chart, { ...phaseRun(FINE_TUNING, snipsRandom), ...fresh });
  if (signal.aborted) return;

  const validation = await readSnips(resolvePath(SNIPS_VALIDATION));
  const frame = majorityFrame(await readSnips(resolvePath(SNIPS_TRAIN)));
  const outputs = new Map([[MAJORITY, validation.map(() => frame)]]);
  for (const [name, path] of [
    [RANDOM, snipsRandom],
    [PRETRAINED, snips],
  ] as const) {
    outputs.set(name, await predictWith(path, name, validation, context));
  }
  if (signal.aborted) return;
  const scores = new Map([...outputs].map(([name, texts]) => [name, scoreSnips(texts, validation)]));
  showScores(scores, validation.length, context);
  const samples = sampleOutputs(validation, outputs);
  for (const { input, rows } of samples) output.line(`  ${input}\n    → ${rows.at(-1)?.output}`);

  const { model } = await openModelFolder(snips, output.warn);
  const example = validation[0] as SnipsRecord;
  const input = snipsExample(example).inputs;
  const attention = await attentionPicture(model, tokenizer, { input, output: outputs.get(PRETRAINED)?.[0] as string });
  disposeT5(model);
  const page = await writeReport(
    report,
    reportData({ dialect, curves, scores, samples, attention, startedAt, chosen: chosen.name }),
  );
  output.event({
    event: "quickstart",
    scores: Object.fromEntries(scores),
    report: page,
    elapsedMs: Date.now() - startedAt,
  });
  output.line(
    `report: ${page}\nmodel:  ${snips}   (t5 generate --model ${snips} "${input}")\n${elapsed(startedAt)} in all`,
  );
}

async function predictWith(
  path: string,
  name: string,
  records: SnipsRecord[],
  { output, signal }: CommandContext,
): Promise<string[]> {
  const { model, tokenizer }: { model: T5Model; tokenizer: Tokenizer } = await openModelFolder(path, output.warn);
  const startedAt = Date.now();
  const title = `evaluating ${name}`;
  const onProgress = (step: number): void =>
    output.progress({ title, step, totalSteps: records.length, fields: {}, startedAt });
  try {
    return await predictSnips(model, tokenizer, records, { signal, onProgress });
  } finally {
    disposeT5(model);
    output.progress(undefined);
  }
}

const METRICS: readonly { name: string; of: keyof SnipsScores }[] = [
  { name: "intent accuracy", of: "intentAccuracy" },
  { name: "slot F1", of: "slotF1" },
  { name: "exact match", of: "exactMatch" },
];

function showScores(scores: Map<string, SnipsScores>, count: number, { output }: CommandContext): void {
  const width = Math.max(...[...scores.keys()].map((name) => name.length));
  output.line(`\nSNIPS, ${count} validation commands`);
  output.line([" ".repeat(width), ...METRICS.map(({ name }) => name)].join("  "));
  for (const [name, score] of scores) {
    const values = METRICS.map((metric) => score[metric.of].toFixed(3).padStart(metric.name.length));
    output.line([name.padEnd(width), ...values].join("  "));
  }
  output.line("");
}

function sampleOutputs(records: SnipsRecord[], outputs: Map<string, string[]>): ReportData["samples"] {
  return records.slice(0, NUM_SAMPLES).map((record, i) => ({
    input: snipsExample(record).inputs,
    expected: formatSnipsFrame(snipsFrame(record)),
    rows: [RANDOM, PRETRAINED].map((name) => ({ name, output: outputs.get(name)?.[i] ?? "" })),
  }));
}

function reportData(found: {
  dialect: Dialect;
  curves: LossCurve[];
  scores: Map<string, SnipsScores>;
  samples: ReportData["samples"];
  attention: ReportData["attention"];
  startedAt: number;
  chosen: string;
}): ReportData {
  const { dialect, curves, scores, samples, attention, startedAt, chosen } = found;
  return {
    title: "t5ts quickstart",
    summary:
      `A T5 (${dialect} architecture) from text to answers in ${elapsed(startedAt)} on the ${chosen} backend: a byte pair ` +
      "vocabulary, two phases of pretraining on books, translations and commands, and fine-tuning to read commands.",
    curves,
    table: {
      metrics: METRICS.map(({ name }) => name),
      rows: [...scores].map(([name, score]) => ({ name, values: METRICS.map(({ of }) => score[of]) })),
    },
    samples,
    attention,
  };
}

/** Single batches jump, so each point is the mean of the last ten. */
function curve(chart: string, name: string, steps: readonly LoggedStep[]): LossCurve {
  const losses = steps.map((_, i) => smoothed(steps.slice(0, i + 1), 10));
  return { chart, name, steps: steps.map(({ step }) => step), losses };
}

function readSnips(path: string): Promise<SnipsRecord[]> {
  return collect(readJsonl(fileSource(path), parseSnips));
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
