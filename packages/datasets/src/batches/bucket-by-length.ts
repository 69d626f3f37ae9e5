import type { Rng } from "@t5ts/random";
import type { Drawn } from "../mixtures/task.js";

/** How far batching has got: the stream's position before the window at hand, and the batches taken of it. */
export type BucketPosition<P> = { window: P; windowNumber: number; batch: number };

export type BucketOptions<E> = {
  batchSize: number;
  /** How many batches' examples are sorted together: more, less padding; fewer, more chance. */
  windowBatches: number;
  /** What examples are sorted by: their longest side is a good choice. */
  length: (example: E) => number;
};

/** Examples for one batch, and the position from which the next one is made. */
export type DrawnBatch<E, P> = { examples: E[]; tasks: string[]; position: BucketPosition<P> };

/**
 * Batches of examples of about the same length, so that little is padded.
 *
 * A window of examples is drawn, sorted by length, cut into batches, and the batches come in random order. A stream that
 * ends gives a smaller last batch. Starting from the position that came with a batch gives the batches after it.
 *
 * @param draw The stream from a position on: `(position) => mix(tasks, rates, rng, position)`.
 */
export function* bucketByLength<E, P>(
  draw: (position: P) => Iterable<Drawn<E, P>>,
  options: BucketOptions<E>,
  rng: Rng,
  from: BucketPosition<P>,
): Generator<DrawnBatch<E, P>> {
  const { batchSize, windowBatches, length } = options;
  checkCount("batchSize", batchSize);
  checkCount("windowBatches", windowBatches);
  const windowSize = batchSize * windowBatches;
  let { window: start, windowNumber, batch: skip } = from;
  for (const window of windows(draw(start), windowSize)) {
    const next = window.at(-1)!.position;
    const sorted = window
      .map((drawn) => ({ drawn, length: length(drawn.example) }))
      .sort((a, b) => a.length - b.length)
      .map(({ drawn }) => drawn);
    const batches = rng.fork(windowNumber).shuffle(chunks(sorted, batchSize));
    for (let batch = skip; batch < batches.length; batch++) {
      const isLast = batch === batches.length - 1;
      yield {
        examples: batches[batch]!.map(({ example }) => example),
        tasks: batches[batch]!.map(({ task }) => task),
        position: isLast
          ? { window: next, windowNumber: windowNumber + 1, batch: 0 }
          : { window: start, windowNumber, batch: batch + 1 },
      };
    }
    start = next;
    windowNumber++;
    skip = 0;
  }
}

function* windows<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let window: T[] = [];
  for (const item of items) {
    window.push(item);
    if (window.length < size) continue;
    yield window;
    window = [];
  }
  if (window.length > 0) yield window;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function checkCount(what: string, count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`bucketByLength: ${what}: expected an integer from 1, got ${count}`);
  }
}
