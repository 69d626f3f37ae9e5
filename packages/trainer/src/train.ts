import type { TensorTree } from "@t5ts/tensor-core";
import { loadLatestCheckpoint, saveCheckpoint } from "./checkpoint.js";
import type { CheckpointStore } from "./checkpoint-store.js";
import type { Json } from "./json.js";
import { disposeTrainState, initTrainState, type TrainState } from "./train-state.js";
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
    /** How many checkpoints stay. Default all. */
    keep?: number;
    /** Go on from the newest checkpoint, if there is one. Default false. */
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
 * @throws Error as `trainStep` and `loadLatestCheckpoint` do. Checkpoints made before stay.
 */
export async function* train<P extends TensorTree, S extends TensorTree, B, D extends Json = Json>(
  options: TrainOptions<P, S, B, D>,
): AsyncGenerator<TrainEvent<P>, void, undefined> {
  checkOptions(options);
  const run: Run<P, S, D> = { state: initTrainState(options.params, options.optimizer, options) };
  try {
    if (options.checkpoints?.shouldResume) yield* resume(run, options);
    const reason = yield* makeSteps(run, options);
    const { step, params, average } = run.state;
    if (reason !== "signal" && run.evaluatedAt !== step) yield* evaluate(run, options);
    if (run.savedAt !== step) yield* save(run, options);
    yield { kind: "finished", step, reason, params, ...(average ? { average } : {}) };
  } finally {
    disposeTrainState(run.state);
  }
}

/** What a run has come to. */
type Run<P extends TensorTree, S extends TensorTree, D> = {
  state: TrainState<P, S>;
  position?: D;
  evaluatedAt?: number;
  savedAt?: number;
};

type Events<P extends TensorTree, Result = void> = AsyncGenerator<TrainEvent<P>, Result, undefined>;

async function* resume<P extends TensorTree, S extends TensorTree, B, D extends Json>(
  run: Run<P, S, D>,
  { checkpoints, rng, config }: TrainOptions<P, S, B, D>,
): Events<P> {
  const warnings: string[] = [];
  const expected = config === undefined ? { rng } : { rng, config };
  const loaded = await loadLatestCheckpoint(checkpoints!.store, run.state, expected, (text) => warnings.push(text));
  if (loaded) {
    disposeTrainState(run.state);
    run.state = loaded.state;
    run.position = loaded.run.position as D;
    run.savedAt = run.evaluatedAt = loaded.state.step;
  }
  for (const message of warnings) yield { kind: "warning", message };
  if (loaded) yield { kind: "resumed", step: loaded.state.step, checkpoint: loaded.name };
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
      if (isDue(checkpoints?.everySteps)) yield* save(run, options);
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
  const checkpoint = await saveCheckpoint(store, state, {
    rng,
    ...(position === undefined ? {} : { position }),
    ...(config === undefined ? {} : { config }),
  });
  run.savedAt = state.step;
  for (const old of (await store.list()).slice(keep)) await store.remove(old);
  yield { kind: "saved", step: state.step, checkpoint, elapsedMs: performance.now() - start };
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
