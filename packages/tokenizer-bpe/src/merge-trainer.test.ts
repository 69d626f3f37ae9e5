import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Merge, MergeTrainer } from "./merge-trainer.js";

type Word = { readonly symbols: readonly number[]; readonly count: number };

function trainer(words: readonly Word[], symbolCount: number, minFrequency = 1): MergeTrainer {
  let end = 0;
  const corpus = {
    symbols: Int32Array.from(words.flatMap((word) => word.symbols)),
    ends: Int32Array.from(words, (word) => (end += word.symbols.length)),
    counts: Float64Array.from(words, (word) => word.count),
  };
  return new MergeTrainer(corpus, symbolCount, minFrequency);
}

function all(trainer: MergeTrainer, isAllowed: (left: number, right: number) => boolean = () => true): Merge[] {
  const merges: Merge[] = [];
  for (let merge = trainer.next(isAllowed); merge !== undefined; merge = trainer.next(isAllowed)) merges.push(merge);
  return merges;
}

/** What training is, counting all pairs anew each time. */
function trainPlainly(words: readonly Word[], symbolCount: number): Merge[] {
  const spelled = words.map((word) => ({ symbols: [...word.symbols], count: word.count }));
  const merges: Merge[] = [];
  for (let next = symbolCount; ; next++) {
    const counts = new Map<string, Merge>();
    for (const { symbols, count } of spelled) {
      for (let i = 1; i < symbols.length; i++) {
        const [left, right] = [symbols[i - 1]!, symbols[i]!];
        counts.set(`${left} ${right}`, { left, right, count: (counts.get(`${left} ${right}`)?.count ?? 0) + count });
      }
    }
    const [best] = [...counts.values()].sort((a, b) => b.count - a.count || a.left - b.left || a.right - b.right);
    if (best === undefined) return merges;
    merges.push(best);
    for (const { symbols } of spelled) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        if (symbols[i] === best.left && symbols[i + 1] === best.right) symbols.splice(i, 2, next);
      }
    }
  }
}

describe("MergeTrainer", () => {
  it("merges the most frequent pair, and of equals the one with the lower symbols", () => {
    // a 0, b 1, c 2: "ab" 3 times, "bc" 3 times, "ca" once.
    const merges = all(
      trainer(
        [
          { symbols: [0, 1, 2], count: 3 },
          { symbols: [2, 0], count: 1 },
        ],
        3,
      ),
    );
    expect(merges).toEqual([
      { left: 0, right: 1, count: 3 },
      { left: 3, right: 2, count: 3 },
      { left: 2, right: 0, count: 1 },
    ]);
  });

  it("counts as often as if it counted anew each time", () => {
    // Without equal neighbours: for those the count of overlapping pairs is a matter of convention.
    const word = fc.record({
      symbols: fc.uniqueArray(fc.nat(7), { maxLength: 8 }),
      count: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        expect(all(trainer(words, 8))).toEqual(trainPlainly(words, 8));
      }),
    );
  });

  it("merges runs of one symbol from the left", () => {
    // aaaaa: four pairs; after aa aa a the pair (aa, aa), then (aaaa, a).
    expect(all(trainer([{ symbols: [0, 0, 0, 0, 0], count: 1 }], 1))).toEqual([
      { left: 0, right: 0, count: 4 },
      { left: 1, right: 0, count: 1 },
      { left: 1, right: 2, count: 1 },
    ]);
  });

  it("stops below the least frequency, and passes over what isn't allowed", () => {
    const words = [
      { symbols: [0, 1, 2], count: 3 },
      { symbols: [1, 3], count: 1 },
    ];
    expect(all(trainer(words, 4, 2))).toHaveLength(2);
    expect(all(trainer(words, 4), (left) => left !== 0)).toEqual([
      { left: 1, right: 2, count: 3 },
      { left: 1, right: 3, count: 1 },
    ]);
  });
});
