import fc from "fast-check";
import { expect, it } from "vitest";
import { Heap } from "./heap.js";

it("gives items in their order, however they came in", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { freq: 3 })), (steps) => {
      const heap = new Heap((a, b) => a < b);
      const left: number[] = [];
      for (const step of steps) {
        if (step !== null) {
          heap.push(step);
          left.push(step);
        } else {
          left.sort((a, b) => a - b);
          expect(heap.pop()).toBe(left.shift());
        }
      }
    }),
  );
});
