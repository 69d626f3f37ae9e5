import fc from "fast-check";
import { expect, it } from "vitest";
import { WordTable } from "./word-table.js";

const words = fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("", "a", "aa", "中", "\0")));

it("numbers words in the order they come, each once", () => {
  fc.assert(
    fc.property(words, fc.nat(3), (list, padding) => {
      const table = new WordTable();
      const numbers = new Map<string, number>();
      for (const word of list) {
        const text = "x".repeat(padding) + word + "y";
        const number = table.intern(text, padding, padding + word.length);
        expect(number).toBe(numbers.get(word) ?? numbers.size);
        numbers.set(word, number);
      }
      for (const [word, number] of numbers)
        expect(String.fromCharCode(...table.units.subarray(table.ends[number - 1] ?? 0, table.ends[number]))).toBe(
          word,
        );
    }),
  );
});

it("knows its words after it has grown", () => {
  const table = new WordTable();
  for (let i = 0; i < 5000; i++) table.intern(`word ${i}`, 0, `word ${i}`.length);
  expect([table.size, table.intern("word 77", 0, 7)]).toEqual([5000, 77]);
});
