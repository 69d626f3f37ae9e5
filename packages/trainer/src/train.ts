import { leaves, type TensorTree } from "@t5ts/tensor-core";
import { loadLatestCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { type CheckpointStore, checkpointStep } from "./checkpoint-store.js";
import type { Json } from "./json.js";
import { RunConflictError } from "./run-conflict-error.js";
import { disposeTrainState, initTrainState, stateTensors, type TrainState } from "./train-state.js";
import { type StepMetrics, type TrainStepOptions, trainStep } from "./train-step.js";

/** A batch, and the place from which the data goes on after it: plain data, for the checkpoint. */
export type Positioned<B, D> = { batch: B; position: D };

/** The batches of a run from a place on, or from the beginning. The same place gives the same batches. */
export type BatchSource<B, D> = (from: D | undefined) => Iterable<Positioned<B, D>> | AsyncIterable<Positioned<B, D>>;

export type TrainOptions<P extends TensorTree, S extends TensorTree, B, D> = TrainStepOptions<P, S, B> & {
  /** Where the run begins. `train` takes them over. */
  params: P;
  data: BatchSource<B, D>;
  /** The step after which the run ends. */
  steps: number;
  /** How many batches a step sums the gradient of. The end of the data may leave fewer. Default 1. */
  batchesPerStep?: number;
  /** Keep a running average of the parameters as well. Default false. */
  hasAverage?: boolean;
  /**
   * Looks at the parameters (and their average) every `everySteps` steps and after the last. They're borrowed: dispose
   * none, clone those to keep.
   */
  evaluation?: {
    everySteps: number;
    evaluate: (params: NoInfer<P>, state: { step: number; average?: NoInfer<P> }) => Promise<Record<string, number>>;
  };
  checkpoints?: {
    store: CheckpointStore;
    /** Save this often; the end of the run is always saved. Default only the end. */
    everySteps?: number;
    /** Save after the step with which this much time has passed since the last save, beside `everySteps`. Default never. */
    everyMs?: number;
    /**
     * How many whole checkpoints stay, this one and those of the steps before it: of later steps, or found damaged, none is
     * removed. Default all.
     */
    keep?: number;
    /** Whether to go on from the newest whole checkpoint. Without it the store has to be empty. Default false. */
    shouldResume?: boolean;
  };
  /** What may not change from one part of a run to the next; it's kept in checkpoints and compared on resuming. */
  config?: Json;
  /** Ends the run after the step under way; it's saved as always. */
  signal?: AbortSignal;
};

export type TrainEvent<P extends TensorTree> =
  | { kind: "warning"; message: string }
  | { kind: "resumed"; step: number; checkpoint: string }
  | ({ kind: "step"; step: number; elapsedMs: number } & StepMetrics)
  | { kind: "evaluation"; step: number; metrics: Record<string, number>; elapsedMs: number }
  | { kind: "saved"; step: number; checkpoint: string; elapsedMs: number }
  | {
      kind: "finished";
      step: number;
      /** All steps were made, the data came to its end, or the signal was given. */
      reason: "steps" | "data" | "signal";
      /** Freed when the generator goes on: clone what is to stay. */
      params: P;
      average?: P;
    };

/**
 * Trains, and tells what happens. `step` counts the steps made so far.
 *
 * A run that was stopped, or broke off, and is resumed makes the same steps as one that wasn't, bit for bit on one
 * backend: parameters, moments, data position and randomness are in the checkpoint.
 *
 * Owns its tensors and frees them at the end, also when the caller leaves the loop early; that doesn't save, the signal
 * does.
 *
 * @throws RunConflictError if the store is in use, holds checkpoints where a run is to begin, or no whole one of this run
 *   where it's to go on; Error as `trainStep` does, or naming the checkpoint that couldn't be saved. Checkpoints made
 *   before stay.
 */
export async function* train<P extends TensorTree, S extends TensorTree, B, D extends Json = Json>(
  options: TrainOptions<P, S, B, D>,
): AsyncGenerator<TrainEvent<P>, void, undefined> {
  checkOptions(options);
  const run: Run<P, S, D> = {
    state: initTrainState(options.params, options.optimizer, options),
    damaged: new Set(),
    savedAtMs: performance.now(),
  };
  let unlock: (() => Promise<void>) | undefined;
  try {
    unlock = await options.checkpoints?.store.lock();
    if (options.checkpoints?.shouldResume) yield* resume(run, options);
    else await checkEmpty(options.checkpoints?.store);
    const reason = yield* makeSteps(run, options);
    const { step, params, average } = run.state;
    if (reason !== "signal" && run.evaluatedAt !== step) yield* evaluate(run, options);
    if (run.savedAt !== step) yield* save(run, options);
    yield { kind: "finished", step, reason, params, ...(average ? { average } : {}) };
  } finally {
    disposeTrainState(run.state);
    await unlock?.();
  }
}

async function checkEmpty(store: CheckpointStore | undefined): Promise<void> {
  const [newest] = (await store?.list()) ?? [];
  if (newest === undefined) return;
  throw new RunConflictError(
    `train: checkpoints: expected none where a run begins, got ${newest}; resume, or remove it`,
  );
}

/** What a run has come to. */
type Run<P extends TensorTree, S extends TensorTree, D> = {
  state: TrainState<P, S>;
  position?: D;
  evaluatedAt?: number;
  savedAt?: number;
  /** When it was saved last, by the clock, or begun. */
  savedAtMs: number;
  /** Checkpoints that were passed over. */
  damaged: Set<string>;
};

type Events<P extends TensorTree, Result = void> = AsyncGenerator<TrainEvent<P>, Result, undefined>;

async function* resume<P extends TensorTree, S extends TensorTree, B, D extends Json>(
  run: Run<P, S, D>,
  { checkpoints, rng, config }: TrainOptions<P, S, B, D>,
): Events<P> {
  const { store } = checkpoints!;
  const warnings: string[] = [];
  const expected = config === undefined ? { rng } : { rng, config };
  const loaded = await loadLatestCheckpoint(store, run.state, expected, (name, reason) => {
    run.damaged.add(name);
    warnings.push(`checkpoint ${name} is passed over: ${reason}`);
  });
  for (const message of warnings) yield { kind: "warning", message };
  if (loaded === undefined) {
    const found = run.damaged.size === 0 ? "none" : `${run.damaged.size}, all damaged`;
    throw new RunConflictError(`train: checkpoints: expected one to go on from, got ${found}`);
  }
  disposeTrainState(run.state);
  run.state = loaded.state;
  run.position = loaded.run.position as D;
  run.savedAt = run.evaluatedAt = loaded.state.step;
  yield { kind: "resumed", step: loaded.state.step, checkpoint: loaded.name };
}

async function* makeSteps<P extends TensorTree, S extends TensorTree, B, D extends Json>(
  run: Run<P, S, D>,
  options: TrainOptions<P, S, B, D>,
): Events<P, "steps" | "data" | "signal"> {
  const { data, steps, batchesPerStep = 1, evaluation, checkpoints, signal } = options;
  const isDue = (everySteps: number | undefined): boolean =>
    everySteps !== undefined && run.state.step % everySteps === 0;
  const batches = iterate(data(run.position));
  try {
    while (run.state.step < steps) {
      if (signal?.aborted) return "signal";
      const start = performance.now();
      const drawn = await take(batches, batchesPerStep);
      if (drawn.length === 0) return "data";
      const { state, metrics } = await trainStep(
        run.state,
        drawn.map(({ batch }) => batch),
        options,
      );
      run.state = state;
      run.position = drawn.at(-1)!.position;
      yield { kind: "step", step: state.step, elapsedMs: performance.now() - start, ...metrics };
      if (signal?.aborted) return "signal";
      if (isDue(evaluation?.everySteps)) yield* evaluate(run, options);
      const isLate = performance.now() - run.savedAtMs >= (checkpoints?.everyMs ?? Number.POSITIVE_INFINITY);
      if (isDue(checkpoints?.everySteps) || isLate) yield* save(run, options);
    }
    return "steps";
  } finally {
    await batches.return?.();
  }
}

async function* evaluate<P extends TensorTree, S extends TensorTree, B, D extends Json>(
  run: Run<P, S, D>,
  { evaluation }: TrainOptions<P, S, B, D>,
): Events<P> {
  if (evaluation === undefined) return;
  const start = performance.now();
  const { step, params, average } = run.state;
  const metrics = await evaluation.evaluate(params, average ? { step, average } : { step });
  run.evaluatedAt = step;
  yield { kind: "evaluation", step, metrics, elapsedMs: performance.now() - start };
}

async function* save<P extends TensorTree, S extends TensorTree, B, D extends Json>(
  run: Run<P, S, D>,
  { checkpoints, rng, config }: TrainOptions<P, S, B, D>,
): Events<P> {
  if (checkpoints === undefined) return;
  const { store, keep = Number.POSITIVE_INFINITY } = checkpoints;
  const start = performance.now();
  const { state, position } = run;
  const runState = {
    rng,
    ...(position === undefined ? {} : { position }),
    ...(config === undefined ? {} : { config }),
  };
  const checkpoint = await saveCheckpoint(store, state, runState).catch(async (cause: Error) => {
    throw await failedSave(cause, store, run);
  });
  run.savedAt = state.step;
  run.savedAtMs = performance.now();
  const earlier = (await store.list()).filter((name) => checkpointStep(name) <= state.step && !run.damaged.has(name));
  for (const old of earlier.slice(keep)) await store.remove(old);
  yield { kind: "saved", step: state.step, checkpoint, elapsedMs: performance.now() - start };
}

/** Says what couldn't be saved and why, what it takes, and from where to go on. */
async function failedSave<P extends TensorTree, S extends TensorTree, D>(
  cause: Error,
  store: CheckpointStore,
  { state, damaged }: Run<P, S, D>,
): Promise<Error> {
  const megabytes = Math.ceil((4 * leaves(stateTensors(state)).reduce((sum, leaf) => sum + leaf.size, 0)) / 1e6);
  const good = (await store.list().catch(() => [])).filter((name) => !damaged.has(name));
  const remedy =
    good[0] === undefined ? "there's none before it" : `once that is mended, resume: the last good one is ${good[0]}`;
  const what = `train: the checkpoint of step ${state.step}, about ${megabytes} MB, could not be saved`;
  return new Error(`${what}: ${cause.message}; ${remedy}`, { cause });
}

function checkOptions<P extends TensorTree, S extends TensorTree, B, D>({
  steps,
  batchesPerStep = 1,
  evaluation,
  checkpoints,
}: TrainOptions<P, S, B, D>): void {
  const counts = {
    steps,
    batchesPerStep,
    "evaluation.everySteps": evaluation?.everySteps ?? 1,
    "checkpoints.everySteps": checkpoints?.everySteps ?? 1,
    "checkpoints.everyMs": checkpoints?.everyMs ?? 1,
    "checkpoints.keep": checkpoints?.keep ?? 1,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`train: ${name}: expected an integer from 1, got ${count}`);
    }
  }
}

type AnyIterator<T> = Iterator<T> | AsyncIterator<T>;

function iterate<T>(items: Iterable<T> | AsyncIterable<T>): AnyIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

/** The next `count` items, or what is left of them. */
async function take<T>(items: AnyIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = await items.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}
