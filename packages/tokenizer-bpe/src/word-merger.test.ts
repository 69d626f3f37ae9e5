import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpelledText } from "./spelled-text.js";
import { type BpeDropout, WordMerger } from "./word-merger.js";

/** Symbols 0 to 3, and merges of them and of what earlier merges made. */
const merges = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }).map((drawn) => {
  const pairs = new Map<string, [number, number, number]>();
  for (const [left, right] of drawn) {
    const symbols = 4 + pairs.size;
    const pair: [number, number] = [left % symbols, right % symbols];
    if (!pairs.has(pair.join())) pairs.set(pair.join(), [...pair, symbols]);
  }
  return [...pairs.values()];
});

/** What byte pair encoding is, without any cleverness. */
function mergePlainly(word: readonly number[], rules: readonly [number, number, number][]): number[] {
  const symbols = [...word];
  for (;;) {
    const rule = rules.find(([left, right]) =>
      symbols.some((symbol, i) => symbol === left && symbols[i + 1] === right),
    );
    if (rule === undefined) return symbols;
    symbols.splice(
      symbols.findIndex((symbol, i) => symbol === rule[0] && symbols[i + 1] === rule[1]),
      2,
      rule[2],
    );
  }
}

function mergeWord(
  merger: WordMerger,
  word: readonly number[],
  dropout?: BpeDropout,
): { symbols: number[]; ranges: number[][] } {
  const spelled = new SpelledText();
  for (const [at, id] of word.entries()) spelled.add(id, at, at + 1, 0);
  const length = merger.merge(spelled, dropout);
  const ranges = Array.from({ length }, (_, i) => [merger.firsts[i]!, merger.firsts[i + 1]!]);
  return { symbols: [...merger.symbols.subarray(0, length)], ranges };
}

describe("WordMerger", () => {
  it("makes the earliest merge first and the leftmost among equals, in short words and long ones", () => {
    fc.assert(
      fc.property(
        merges,
        fc.array(fc.nat(3), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (rules, part, times) => {
          const word = Array.from({ length: times }, () => part).flat();
          const merger = new WordMerger(Int32Array.from(rules.flat()));
          const { symbols, ranges } = mergeWord(merger, word);
          expect(symbols).toEqual(mergePlainly(word, rules));
          expect(ranges.flat()).toEqual(ranges.flatMap((range, i) => [i === 0 ? 0 : ranges[i - 1]![1], range[1]]));
          expect(ranges.at(-1)?.[1] ?? 0).toBe(word.length);
          // A rate of 0 takes the way of long words.
          expect(mergeWord(merger, word, { rate: 0, random: Math.random }).symbols).toEqual(symbols);
        },
      ),
    );
  });

  it("merges 100,000 equal letters without looking at all of them each time", () => {
    const rules = Array.from({ length: 16 }, (_, i) => [i, i, i + 1]);
    const merger = new WordMerger(Int32Array.from(rules.flat()));
    const started = performance.now();
    const { symbols } = mergeWord(merger, Array<number>(100_000).fill(0));
    expect(performance.now() - started).toBeLessThan(5000); // it takes 0.1 s; n² steps would take minutes
    // 100,000 in powers of two, the largest first.
    expect(symbols).toEqual([16, 15, 10, 9, 7, 5]);
  });

  describe("with dropout", () => {
    const merger = new WordMerger(Int32Array.from([0, 1, 4, 4, 2, 5, 5, 3, 6]));
    const word = [0, 1, 2, 3, 0, 1, 2, 3];

    it("makes no merge at rate 1 and all at rate 0", () => {
      expect(mergeWord(merger, word, { rate: 1, random: () => 0.5 }).symbols).toEqual(word);
      expect(mergeWord(merger, word, { rate: 0, random: () => 0 }).symbols).toEqual([6, 6]);
    });

    it("passes over the merges that the numbers drawn say", () => {
      const drawn = [0.9, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1];
      // 0 1 at the first place is made; the one at the fifth waits until 4 2 at the first is made, then it and 4 2 there
      // are; both 5 3 are passed over, and nothing else is left.
      expect(mergeWord(merger, word, { rate: 0.5, random: () => drawn.shift()! }).symbols).toEqual([5, 3, 5, 3]);
      expect(drawn).toEqual([]);
    });
  });
});
