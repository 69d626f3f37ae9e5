import fc from "fast-check";
import { expect, it } from "vitest";
import { PairTable } from "./pair-table.js";

it("numbers pairs in the order they come, each once", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(2 ** 21))), fc.nat(8), (pairs, expectedSize) => {
      const table = new PairTable(expectedSize);
      const numbers = new Map<string, number>();
      for (const [left, right] of pairs) {
        const known = numbers.get(`${left} ${right}`);
        expect(table.find(left, right)).toBe(known ?? -1);
        expect(table.intern(left, right)).toBe(known ?? numbers.size);
        numbers.set(`${left} ${right}`, known ?? numbers.size);
      }
      expect(table.size).toBe(numbers.size);
    }),
  );
});

it("grows beyond what was expected", () => {
  const table = new PairTable();
  for (let left = 0; left < 100; left++) for (let right = 0; right < 100; right++) table.intern(left, right);
  expect([table.size, table.find(57, 3), table.find(3, 100)]).toEqual([10_000, 5703, -1]);
});
