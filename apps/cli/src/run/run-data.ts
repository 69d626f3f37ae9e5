import {
  type BucketPosition,
  bucketByLength,
  MIXTURE_START,
  type MixingRates,
  type MixturePosition,
  mix,
  mixingRate,
  readExamples,
} from "@t5ts/datasets";
import type { Rng } from "@t5ts/random";
import type { T5Config } from "@t5ts/t5-model";
import type { BatchSource } from "@t5ts/trainer";
import { groupExamples, type RunBatch } from "./run-batch.js";
import type { RunConfig } from "./run-config.js";
import { exampleLength, type RunExample } from "./run-example.js";
import type { OpenedTask } from "./run-tasks.js";

/** Where the data of a run has got to. */
export type RunPosition = BucketPosition<MixturePosition>;

/** Examples of this many batches are sorted by length together: less padding. More would give batches of one task each. */
const WINDOW_BATCHES = 4;

/** The batches of a run: its tasks mixed by their rates, examples of about one length together. */
export function runData(
  opened: readonly OpenedTask[],
  { batchSize, mixing }: Pick<RunConfig, "batchSize" | "mixing">,
  config: T5Config,
  rng: Rng,
): BatchSource<RunBatch, RunPosition> {
  const tasks = opened.map(({ task }) => task);
  const rates = taskRates(opened, mixing);
  return function* (from = { window: MIXTURE_START, windowNumber: 0, batch: 0 }) {
    const draw = (position: MixturePosition): ReturnType<typeof mix<RunExample>> =>
      mix(tasks, rates, rng.fork("mixture"), position);
    const options = { batchSize, windowBatches: WINDOW_BATCHES, length: exampleLength };
    for (const { examples, position } of bucketByLength(draw, options, rng.fork("buckets"), from)) {
      yield { batch: groupExamples(examples, config), position };
    }
  };
}

/** The batches of one pass over the first examples of a task: for evaluation. */
export function* evaluationData(
  { task }: OpenedTask,
  { batchSize, limit }: { batchSize: number; limit: number },
  config: T5Config,
  rng: Rng,
): Generator<RunBatch> {
  const examples: RunExample[] = [];
  for (const { example } of readExamples(task, rng)) {
    if (examples.push(example) === limit) break;
  }
  for (let start = 0; start < examples.length; start += batchSize) {
    yield groupExamples(examples.slice(start, start + batchSize), config);
  }
}

function taskRates(opened: readonly OpenedTask[], { maximum, temperature }: RunConfig["mixing"]): MixingRates {
  const options = { temperature, ...(maximum === undefined ? {} : { maximum }) };
  return Object.fromEntries(
    opened.map(({ config, task }) => [task.name, config.rate ?? mixingRate(task.numRecords, options)]),
  );
}
