import { join } from "node:path";
import { createRng } from "@t5ts/random";
import { addClassifier, addTaskLayer, disposeT5, initT5, type T5Model } from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import {
  adafactor,
  adamW,
  constantSchedule,
  cosineSchedule,
  inverseSquareRootSchedule,
  type Json,
  linearSchedule,
  type Optimizer,
  RunConflictError,
  type Schedule,
  type TrainEvent,
  train,
} from "@t5ts/trainer";
import { folderStore } from "@t5ts/trainer/node";
import { readingInput, UsageError } from "../usage-error.js";
import { newModelConfig } from "./model-preset.js";
import { countTokens } from "./run-batch.js";
import type { RunConfig, TaskConfig } from "./run-config.js";
import { runData } from "./run-data.js";
import { evaluateTasks } from "./run-evaluation.js";
import { CHECKPOINTS } from "./run-folder.js";
import { normalizers, type RunParams, runLoss, withUncertainty } from "./run-loss.js";
import { type OpenedTask, openTask } from "./run-tasks.js";

export type TrainRunOptions = {
  tokenizer: Tokenizer;
  /** The model to go on from, which is taken over; without it, a new one is made. */
  model?: T5Model;
  seed: number;
  resolvePath: (path: string) => string;
  shouldResume: boolean;
  signal: AbortSignal;
  /** Called with the trained model before its tensors are freed, also when it was stopped early. */
  save: (model: T5Model) => Promise<void>;
};

/**
 * Carries out a run: opens its tasks, makes or takes over the model, trains, evaluates and saves.
 *
 * A run that was stopped goes on, with `shouldResume`, as if it hadn't been.
 *
 * @throws Error naming the file, field or tensor that is missing or doesn't fit.
 */
export async function* trainRun(run: RunConfig, options: TrainRunOptions): AsyncGenerator<TrainEvent<RunParams>> {
  const rng = createRng(options.seed);
  const { tokenizer, resolvePath } = options;
  const open = (task: TaskConfig): Promise<OpenedTask> => openTask(task, { ...run, tokenizer, resolvePath });
  const { opened, heldOut, model } = await readingInput(async () => {
    const opened = await Promise.all(run.tasks.map(open));
    const heldOut = await Promise.all((run.evaluation?.tasks ?? []).map(open));
    const model = prepareModel(run, options, [...opened, ...heldOut]);
    checkVocabulary(model, tokenizer);
    return { opened, heldOut, model };
  });
  const { config } = model;
  const { everyMinutes, ...checkpoints } = run.checkpoints;

  const events = train({
    params: run.learnsLossWeights ? withUncertainty(model.params, opened) : { model: model.params },
    data: runData(opened, run, config, rng.fork("data")),
    steps: run.steps,
    batchesPerStep: run.batchesPerStep,
    loss: runLoss(config, run),
    normalizers,
    countTokens,
    optimizer: makeOptimizer(run),
    schedule: makeSchedule(run),
    clipNorm: run.clipNorm,
    isTrainable: (path: string) => !run.frozen.some((frozen) => `${path}.`.startsWith(`model.${frozen}.`)),
    rng: rng.fork("steps"),
    config: unchangeable(run),
    signal: options.signal,
    ...(run.evaluation
      ? {
          evaluation: {
            everySteps: run.evaluation.everySteps,
            evaluate: ({ model: params }: RunParams) =>
              evaluateTasks(
                { config, params },
                heldOut,
                { batchSize: run.batchSize, limit: run.evaluation?.limit ?? Number.POSITIVE_INFINITY },
                rng.fork("evaluation"),
              ),
          },
        }
      : {}),
    checkpoints: {
      store: folderStore(join(run.output, CHECKPOINTS)),
      ...checkpoints,
      everyMs: everyMinutes * 60_000,
      shouldResume: options.shouldResume,
    },
  });
  for await (const event of conflictsAsUsage(events)) {
    if (event.kind === "finished") await options.save({ config, params: event.params.model });
    yield event;
  }
}

/** What is wrong with the folder of a run, or with going on in it, is for the user to mend. */
async function* conflictsAsUsage<E>(events: AsyncGenerator<E>): AsyncGenerator<E> {
  try {
    yield* events;
  } catch (error) {
    throw error instanceof RunConflictError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** What of a run has to be the same when it goes on. Its end may move, and what is only looked at or kept. */
function unchangeable(run: RunConfig): Json {
  const { output, checkpoints, evaluation, steps, ...rest } = run;
  return JSON.parse(JSON.stringify(rest)) as Json;
}

/** The model of a run, with the task layers and classifiers that its tasks need. */
function prepareModel(
  run: RunConfig,
  { model, seed, tokenizer }: TrainRunOptions,
  opened: readonly OpenedTask[],
): T5Model {
  const rng = createRng(seed).fork("model");
  let prepared = model;
  if (prepared === undefined) {
    const config = newModelConfig(run.model ?? { preset: "t5-tiny", config: {} }, tokenizer);
    prepared = { config, params: initT5(rng, config) };
  }
  for (const { config, classifier } of opened) {
    if (config.taskLayer && prepared.config.taskLayers[config.name] === undefined) {
      prepared = addTaskLayer(prepared, config.name, config.taskLayer, rng.fork(`taskLayers.${config.name}`));
    }
    if (classifier && prepared.config.classifiers[classifier.name] === undefined) {
      prepared = addClassifier(
        prepared,
        classifier.name,
        classifier.config,
        rng.fork(`classifiers.${classifier.name}`),
      );
    }
    const known = classifier && prepared.config.classifiers[classifier.name];
    if (classifier && known && known.numLabels !== classifier.config.numLabels) {
      disposeT5(prepared);
      throw new Error(
        `task "${config.name}": expected ${known.numLabels} labels, as the model's classifier has, got ${classifier.config.numLabels}`,
      );
    }
  }
  const dropoutRate = run.dropoutRate ?? prepared.config.dropoutRate;
  return { ...prepared, config: { ...prepared.config, dropoutRate } };
}

function checkVocabulary({ config, ...model }: T5Model, { vocabSize }: Tokenizer): void {
  if (vocabSize <= config.vocabSize) return;
  disposeT5({ config, ...model });
  throw new RangeError(`tokenizer: expected at most the model's ${config.vocabSize} ids, got ${vocabSize}`);
}

// biome-ignore lint/suspicious/noExplicitAny: the states of different optimizers are trees of different shapes.
function makeOptimizer({ optimizer }: RunConfig): Optimizer<RunParams, any> {
  if (optimizer.kind === "adafactor") return adafactor();
  const { kind, ...options } = optimizer;
  return adamW(options);
}

function makeSchedule({ schedule, steps }: RunConfig): Schedule {
  const { kind, learningRate: rate, warmupSteps } = schedule;
  switch (kind) {
    case "constant":
      return constantSchedule({ rate, warmupSteps });
    case "cosine":
      return cosineSchedule({ rate, warmupSteps, totalSteps: steps });
    case "linear":
      return linearSchedule({ rate, warmupSteps, totalSteps: steps });
    case "inverse-square-root":
      return inverseSquareRootSchedule({ rate, warmupSteps });
  }
}
