import type { Rng } from "@t5ts/random";

/**
 * A task is data: where its records are, how a record becomes an example, and which metrics judge it.
 *
 * Example `index` is a function of `index` and of randomness, so that a run can be taken up at any place.
 */
export type Task<E> = {
  readonly name: string;
  readonly numRecords: number;
  /** The example of a record, or undefined to leave the record out. */
  example(index: number, rng: Rng): E | undefined;
  /** Names of metrics. */
  readonly metrics: readonly string[];
};

export type TaskDefinition<R, E> = {
  name: string;
  records: readonly R[];
  preprocess: (record: R, rng: Rng) => E | undefined;
  metrics?: readonly string[];
};

/**
 * A task on records in memory.
 *
 * @throws RangeError if there are no records.
 */
export function defineTask<R, E>({ name, records, preprocess, metrics = [] }: TaskDefinition<R, E>): Task<E> {
  if (records.length === 0) throw new RangeError(`defineTask: "${name}": expected at least one record, got none`);
  return {
    name,
    numRecords: records.length,
    example: (index, rng) => preprocess(records[index]!, rng),
    metrics,
  };
}

/** The task with one more step of preprocessing, such as `encodeTextExample`. */
export function mapTask<A, B>(task: Task<A>, step: (example: A, rng: Rng) => B | undefined): Task<B> {
  return {
    name: task.name,
    numRecords: task.numRecords,
    example: (index, rng) => {
      const example = task.example(index, rng);
      return example === undefined ? undefined : step(example, rng.fork("step"));
    },
    metrics: task.metrics,
  };
}

/** An example with the name of its task, and the position from which the next one is drawn. */
export type Drawn<E, P> = { example: E; task: string; position: P };

/**
 * Examples without end, each epoch in an order of its own.
 *
 * `position` counts the records drawn: starting from the one that came with an example gives what came after it, the
 * same examples with the same randomness. Store it in a checkpoint.
 *
 * @throws Error if a whole epoch has no example.
 */
export function* drawExamples<E>(task: Task<E>, rng: Rng, from = 0): Generator<Drawn<E, number>, never> {
  checkPosition(task, from);
  let order: number[] = [];
  let orderEpoch = -1;
  let leftOut = 0;
  for (let position = from; ; ) {
    const epoch = Math.floor(position / task.numRecords);
    if (epoch !== orderEpoch) {
      order = rng
        .fork("order")
        .fork(epoch)
        .shuffle(Array.from({ length: task.numRecords }, (_, i) => i));
      orderEpoch = epoch;
    }
    const example = task.example(order[position % task.numRecords]!, rng.fork("example").fork(position));
    position++;
    if (example !== undefined) {
      leftOut = 0;
      yield { example, task: task.name, position };
    } else if (++leftOut >= 2 * task.numRecords) {
      throw new Error(`drawExamples: task "${task.name}": expected an example, but preprocess left out every record`);
    }
  }
}

/** The examples of one pass in the order of the records: for evaluation. */
export function* readExamples<E>(task: Task<E>, rng: Rng, from = 0): Generator<Drawn<E, number>> {
  checkPosition(task, from);
  for (let position = from; position < task.numRecords; ) {
    const example = task.example(position, rng.fork("example").fork(position));
    position++;
    if (example !== undefined) yield { example, task: task.name, position };
  }
}

function checkPosition(task: Task<unknown>, position: number): void {
  if (!Number.isInteger(position) || position < 0) {
    throw new RangeError(`task "${task.name}": position: expected an integer from 0, got ${position}`);
  }
}
