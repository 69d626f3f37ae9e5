import type { Rng } from "@t5ts/random";
import { type MixingRates, mixingProbabilities } from "./mixing-rates.js";
import { type Drawn, drawExamples, type Task } from "./task.js";

/** How far a mixture has got: its draws, and the position within each task. Plain data, for a checkpoint. */
export type MixturePosition = { draws: number; tasks: Record<string, number> };

/** The position before the first draw. */
export const MIXTURE_START: MixturePosition = { draws: 0, tasks: {} };

/**
 * Examples of several tasks without end; each draw takes a task with the probability of its rate.
 *
 * Starting from the position that came with an example gives what came after it.
 *
 * @throws RangeError for a task without a rate, a rate without a task, or two tasks of one name.
 */
export function* mix<E>(
  tasks: readonly Task<E>[],
  rates: Readonly<MixingRates>,
  rng: Rng,
  from: MixturePosition = MIXTURE_START,
): Generator<Drawn<E, MixturePosition>, never> {
  checkNames(tasks, rates);
  const probabilities = mixingProbabilities(rates);
  const positions = { ...from.tasks };
  const streams = tasks.map((task) => drawExamples(task, rng.fork("task").fork(task.name), positions[task.name] ?? 0));
  const choices = rng.fork("choice");
  for (let draws = from.draws; ; ) {
    // A fork per draw, so that the choice depends on nothing but how many came before.
    const chosen = chooseTask(tasks, probabilities, choices.fork(draws).uniform());
    draws++;
    const { example, position } = streams[chosen]!.next().value;
    const task = tasks[chosen]!.name;
    positions[task] = position;
    yield { example, task, position: { draws, tasks: { ...positions } } };
  }
}

function chooseTask(tasks: readonly Task<unknown>[], probabilities: Readonly<MixingRates>, uniform: number): number {
  let above = 0;
  let last = 0;
  for (const [i, { name }] of tasks.entries()) {
    if (probabilities[name] === 0) continue;
    last = i;
    above += probabilities[name]!;
    if (uniform < above) return i;
  }
  return last; // the sum of the probabilities can stay a rounding below 1
}

function checkNames(tasks: readonly Task<unknown>[], rates: Readonly<MixingRates>): void {
  const names = tasks.map((task) => task.name);
  const expected = Object.keys(rates);
  if (new Set(names).size !== names.length) {
    throw new RangeError(`mix: tasks: expected names that differ, got ${names.join(", ")}`);
  }
  if (names.length !== expected.length || !names.every((name) => expected.includes(name))) {
    throw new RangeError(
      `mix: expected a rate for each task (${names.join(", ")}), got rates for ${expected.join(", ")}`,
    );
  }
}
