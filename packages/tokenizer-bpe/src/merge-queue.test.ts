import fc from "fast-check";
import { expect, it } from "vitest";
import { MergeQueue } from "./merge-queue.js";

it("gives the least first, however they came in", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { freq: 3 })), (steps) => {
      const queue = new MergeQueue();
      const left: number[] = [];
      for (const step of steps) {
        if (step !== null) {
          queue.push(step);
          left.push(step);
        } else {
          left.sort((a, b) => a - b);
          expect(queue.pop()).toBe(left.shift());
        }
      }
    }),
  );
});
