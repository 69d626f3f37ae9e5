import fc from "fast-check";
import { expect, it } from "vitest";
import { openMergeQueue } from "./merge-queue.js";

it("gives the lowest rank first and the leftmost place of one rank, however ranks change", () => {
  const step = fc.record({ place: fc.nat(20), rank: fc.integer({ min: -1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(fc.option(step, { freq: 3 })), (steps) => {
      const queue = openMergeQueue(6);
      queue.reset(21);
      let waiting: { place: number; rank: number }[] = [];
      for (const step of [...steps, ...steps.map(() => null)]) {
        if (step === null) {
          const next = waiting.sort((a, b) => a.rank - b.rank || a.place - b.place).shift();
          expect(queue.pop()).toBe(next?.place);
        } else {
          queue.put(step.place, step.rank);
          waiting = waiting.filter(({ place }) => place !== step.place);
          if (step.rank >= 0) waiting.push(step);
        }
      }
    }),
  );
});

it("is empty after a reset", () => {
  const queue = openMergeQueue(6);
  queue.reset(4);
  queue.put(3, 5);
  queue.put(2, 5);
  queue.put(1, 0);
  queue.reset(8);
  expect(queue.pop()).toBeUndefined();
  queue.put(7, 5);
  expect(queue.pop()).toBe(7);
});
