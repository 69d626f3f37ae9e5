import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { type Drawn, defineTask, drawExamples, mapTask, readExamples, type Task } from "./task.js";

const letters = defineTask({
  name: "letters",
  records: ["a", "b", "c", "d", "e"],
  preprocess: (letter, rng) => (letter === "c" ? undefined : `${letter}${rng.integer(1000)}`),
  metrics: ["accuracy"],
});

describe("drawExamples", () => {
  it("has every record once in each epoch, in another order each time", () => {
    const drawn = take(drawExamples(letters, createRng(1)), 1600).map(({ example }) => example[0]!);
    const epochs = Array.from({ length: 400 }, (_, epoch) => drawn.slice(epoch * 4, (epoch + 1) * 4));
    for (const epoch of epochs) expect([...epoch].sort()).toEqual(["a", "b", "d", "e"]);
    expect(new Set(epochs.map((epoch) => epoch.join(""))).size).toBe(24);
  });

  it("goes on from any position with the same examples and the same randomness", () => {
    const all = take(drawExamples(letters, createRng(7)), 60);
    for (const [i, { position }] of all.slice(0, 40).entries()) {
      expect(take(drawExamples(letters, createRng(7), position), 20)).toEqual(all.slice(i + 1, i + 21));
    }
    expect(take(drawExamples(letters, createRng(8)), 60)).not.toEqual(all);
  });

  it("gives an example another randomness in each epoch", () => {
    const drawn = take(drawExamples(letters, createRng(1)), 40).map(({ example }) => example);
    expect(new Set(drawn).size).toBeGreaterThan(30);
  });

  it("doesn't draw from the generator it's given", () => {
    const rng = createRng(3);
    take(drawExamples(letters, rng), 10);
    expect(rng.position).toBe(0);
  });

  it("refuses a task that has no example, and a bad position", () => {
    const nothing = defineTask({ name: "nothing", records: [1, 2], preprocess: () => undefined });
    expect(() => drawExamples(nothing, createRng(0)).next()).toThrow(
      'drawExamples: task "nothing": expected an example, but preprocess left out every record',
    );
    expect(() => drawExamples(letters, createRng(0), -1).next()).toThrow(
      'task "letters": position: expected an integer from 0, got -1',
    );
  });
});

describe("readExamples", () => {
  it("gives one pass in order, and goes on from any position", () => {
    const all = [...readExamples(letters, createRng(0))];
    expect(all.map(({ example, task, position }) => [example[0], task, position])).toEqual([
      ["a", "letters", 1],
      ["b", "letters", 2],
      ["d", "letters", 4],
      ["e", "letters", 5],
    ]);
    expect([...readExamples(letters, createRng(0), 2)]).toEqual(all.slice(2));
  });
});

describe("mapTask", () => {
  it("adds a step, which can leave out more", () => {
    const task: Task<number> = mapTask(letters, (example) => (example[0] === "a" ? undefined : example.length));
    expect([task.name, task.numRecords, task.metrics]).toEqual(["letters", 5, ["accuracy"]]);
    expect([...readExamples(task, createRng(0))].map(({ position }) => position)).toEqual([2, 4, 5]);
  });
});

describe("defineTask", () => {
  it("needs a record", () => {
    expect(() => defineTask({ name: "x", records: [], preprocess: () => 1 })).toThrow(
      'defineTask: "x": expected at least one record, got none',
    );
  });
});

function take<E, P>(stream: Iterable<Drawn<E, P>>, count: number): Drawn<E, P>[] {
  const taken: Drawn<E, P>[] = [];
  for (const drawn of stream) if (taken.push(drawn) === count) break;
  return taken;
}
