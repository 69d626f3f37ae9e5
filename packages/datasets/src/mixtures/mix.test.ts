import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { type MixturePosition, mix } from "./mix.js";
import { type Drawn, defineTask, drawExamples } from "./task.js";

const task = (name: string, size: number) =>
  defineTask({
    name,
    records: Array.from({ length: size }, (_, i) => i),
    preprocess: (record, rng) => ({ record, noise: rng.uint32() }),
  });
const TASKS = [task("a", 5), task("b", 50), task("never", 3)];
const RATES = { a: 1, b: 3, never: 0 };

describe("mix", () => {
  it("draws each task with the probability of its rate", () => {
    const names = take(mix(TASKS, RATES, createRng(1)), 4000).map(({ task }) => task);
    expect(names).not.toContain("never");
    expect(Math.abs(names.filter((name) => name === "a").length - 1000)).toBeLessThan(4 * 27.4);
  });

  it("gives each task the examples that it has alone", () => {
    const drawn = take(mix(TASKS, RATES, createRng(5)), 300);
    const alone = drawExamples(TASKS[0]!, createRng(5).fork("task").fork("a"));
    for (const { task, example } of drawn) if (task === "a") expect(example).toEqual(alone.next().value.example);
  });

  it("goes on from any position, stored as JSON, with the same examples", () => {
    const all = take(mix(TASKS, RATES, createRng(9)), 120);
    for (const [i, { position }] of all.slice(0, 60).entries()) {
      const stored = JSON.parse(JSON.stringify(position)) as MixturePosition;
      expect(take(mix(TASKS, RATES, createRng(9), stored), 30)).toEqual(all.slice(i + 1, i + 31));
    }
  });

  it("doesn't change positions that it has given", () => {
    const stream = mix(TASKS, RATES, createRng(2));
    const { position } = stream.next().value;
    const copy = structuredClone(position);
    for (let i = 0; i < 20; i++) stream.next();
    expect(position).toEqual(copy);
  });

  it("refuses rates and tasks that don't belong together", () => {
    expect(() => mix(TASKS, { a: 1, b: 3 }, createRng(0)).next()).toThrow(
      "mix: expected a rate for each task (a, b, never), got rates for a, b",
    );
    expect(() => mix([TASKS[0]!, TASKS[0]!], { a: 1 }, createRng(0)).next()).toThrow(
      "mix: tasks: expected names that differ, got a, a",
    );
  });
});

function take<E, P>(stream: Iterable<Drawn<E, P>>, count: number): Drawn<E, P>[] {
  const taken: Drawn<E, P>[] = [];
  for (const drawn of stream) if (taken.push(drawn) === count) break;
  return taken;
}
