import type { BpeTokenizer } from "./bpe-tokenizer.js";
import { checkTrainOptions } from "./learn-merges.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { textBatches } from "./text-batches.js";
import type { TrainBpeOptions } from "./train-options.js";
import type { SentOptions, TrainingAnswer, TrainingQuestion } from "./training-messages.js";
import { WordCounter } from "./word-counter.js";

/** Beyond, workers would wait for the thread that reads the texts. */
const MOST_WORKERS = 4;

/** A worker has the next batch when it's done with one, and texts that wait take little memory. */
const BATCHES_AHEAD = 2;

export type WorkerTrainingOptions = TrainBpeOptions & {
  /** How many workers count words; one of them then makes the pieces. One for each core but this one's, at most four, by default. */
  readonly workers?: number | undefined;
};

/**
 * As `trainBpe`, with the same result, in worker threads: this one only reads the texts.
 *
 * `words` of the progress counts words once for each worker that met them.
 *
 * @throws what `trainBpe` does, and Error where workers can't be started.
 */
export async function trainBpeInWorkers(
  texts: Iterable<string> | AsyncIterable<string>,
  { workers: count = defaultWorkers(), onProgress, signal, ...options }: WorkerTrainingOptions,
): Promise<BpeTokenizer> {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`trainBpeInWorkers: workers: expected an integer from 1 on, got ${count}`);
  new WordCounter(checkTrainOptions(options).fill([], [])); // so that what can't be is thrown here, with its own class
  signal?.throwIfAborted();
  // What is iterated once only can't be sent as it is.
  const initialAlphabet = options.initialAlphabet && [...options.initialAlphabet];
  const sent: SentOptions = { ...options, initialAlphabet };
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const abort = (): void => stop(signal!.reason);
  signal?.addEventListener("abort", abort);
  const workers: TrainingWorker[] = [];
  try {
    for (let i = 0; i < count; i++) workers.push(new TrainingWorker(onProgress, stop));
    return await Promise.race([stopped, train(texts, sent, { workers, onProgress, stopped })]);
  } finally {
    signal?.removeEventListener("abort", abort);
    for (const worker of workers) worker.terminate();
  }
}

/** `stopped` rejects on an abort or a failure; questions to workers then stay unanswered. */
type Crew = {
  readonly workers: readonly TrainingWorker[];
  readonly onProgress: TrainBpeOptions["onProgress"];
  readonly stopped: Promise<never>;
};

async function train(
  texts: Iterable<string> | AsyncIterable<string>,
  options: SentOptions,
  crew: Crew,
): Promise<BpeTokenizer> {
  await Promise.all(crew.workers.map((worker) => worker.ask({ kind: "start", options })));
  await countTexts(texts, crew);
  const [first, ...rest] = crew.workers as [TrainingWorker, ...TrainingWorker[]];
  const answers = await Promise.all(rest.map((worker) => worker.ask({ kind: "give" })));
  const others = answers.flatMap((answer) => (answer.kind === "words" ? [answer.words] : []));
  const learned = await first.ask({ kind: "learn", others });
  return loadTokenizer((learned as TrainingAnswer & { kind: "learned" }).file);
}

/** Hands batches of texts to whoever is free, until all are counted. */
async function countTexts(
  texts: Iterable<string> | AsyncIterable<string>,
  { workers, onProgress, stopped }: Crew,
): Promise<void> {
  let read = 0;
  const counted = new Map<TrainingWorker, number>();
  const report = (): void =>
    onProgress?.({ phase: "texts", texts: read, words: [...counted.values()].reduce((sum, words) => sum + words, 0) });
  const free = Array.from({ length: BATCHES_AHEAD }, () => workers).flat();
  const asked = new Set<Promise<void>>();
  for await (const batch of textBatches(texts)) {
    await Promise.race([stopped, free.length > 0 ? undefined : Promise.race(asked)]);
    report();
    const worker = free.shift()!;
    const answered = worker.ask({ kind: "texts", texts: batch }).then((answer) => {
      asked.delete(answered);
      free.push(worker);
      read += batch.length;
      if (answer.kind === "counted") counted.set(worker, answer.words);
    });
    asked.add(answered);
  }
  await Promise.all(asked);
  report();
}

/** A worker that answers questions one after the other. */
class TrainingWorker {
  readonly #worker: { postMessage(question: TrainingQuestion): void; terminate(): unknown };
  readonly #waiting: ((answer: TrainingAnswer) => void)[] = [];
  readonly #onProgress: TrainBpeOptions["onProgress"];
  readonly #onFailure: (error: unknown) => void;

  constructor(onProgress: TrainBpeOptions["onProgress"], onFailure: (error: unknown) => void) {
    this.#onProgress = onProgress;
    this.#onFailure = onFailure;
    const node = getBuiltinModule?.("node:worker_threads");
    if (node !== undefined) {
      const worker = new node.Worker(new URL("./train-worker.js", import.meta.url));
      worker.on("message", (answer: TrainingAnswer) => this.#take(answer));
      worker.on("error", onFailure);
      this.#worker = worker;
    } else {
      // Written out, since bundlers look for just this.
      const worker = new Worker(new URL("./train-worker.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<TrainingAnswer>) => this.#take(data);
      worker.onerror = ({ message }) =>
        onFailure(new Error(`trainBpeInWorkers: a worker couldn't start, or failed: ${message || "no reason given"}`));
      this.#worker = worker;
    }
  }

  ask(question: TrainingQuestion): Promise<TrainingAnswer> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(question);
    });
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #take(answer: TrainingAnswer): void {
    if (answer.kind === "failed") this.#onFailure(answer.error);
    else if (answer.kind === "progress") {
      try {
        this.#onProgress?.(answer.progress);
      } catch (error) {
        this.#onFailure(error); // the caller's: it belongs to the promise they wait for
      }
    } else this.#waiting.shift()!(answer);
  }
}

const getBuiltinModule = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule;

function defaultWorkers(): number {
  const cores = getBuiltinModule?.("node:os").availableParallelism() ?? navigator.hardwareConcurrency ?? 2;
  return Math.max(1, Math.min(cores - 1, MOST_WORKERS));
}
