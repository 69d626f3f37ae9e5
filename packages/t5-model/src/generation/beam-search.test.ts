import { describe, expect, it } from "vitest";
import type { BeamOptions, BeamSearch, ScoreRow } from "./beam-search.js";
import { HuggingFaceBeamSearch } from "./huggingface-beam-search.js";
import { HuggingFace5BeamSearch } from "./huggingface5-beam-search.js";
import { T5xBeamSearch, t5xLengthPenalty } from "./t5x-beam-search.js";

const OPTIONS: BeamOptions = {
  numBeams: 2,
  maxNewTokens: 5,
  eosTokenId: 1,
  lengthPenalty: 0,
  isEarlyStopping: false,
};

/** A row of log probabilities, given as probabilities. */
const row = (...probabilities: number[]): ScoreRow => ({ scores: Float32Array.from(probabilities, Math.log), logZ: 0 });

/** Runs a search in which the next token depends on the last one only: row i of `table` comes after token i. */
function run(search: BeamSearch, table: ScoreRow[], startToken = 0): number {
  let last = [startToken];
  let steps = 0;
  while (!search.isDone) {
    last = search.advance(last.map((token) => table[token] as ScoreRow)).tokens;
    steps++;
  }
  return steps;
}

describe("t5xLengthPenalty", () => {
  it("is ((5 + length) / 6)^α", () => {
    expect(t5xLengthPenalty(1, 0.6)).toBe(1);
    expect(t5xLengthPenalty(7, 1)).toBe(2);
    expect(t5xLengthPenalty(19, 0.5)).toBe(2);
  });
});

describe.each([
  ["T5xBeamSearch", T5xBeamSearch],
  ["HuggingFaceBeamSearch", HuggingFaceBeamSearch],
  ["HuggingFace5BeamSearch", HuggingFace5BeamSearch],
])("%s", (_, Search) => {
  it("finds a sequence that greedy search misses", () => {
    // Greedy takes 2 (0.6) and ends with 0.6 · 0.4; by way of 3 it's 0.4 · 0.9.
    const table = [row(0, 0, 0.6, 0.4), row(0, 0, 0, 0), row(0, 0.4, 0.3, 0.3), row(0, 0.9, 0.05, 0.05)];
    const search = new Search(OPTIONS);
    run(search, table);
    const [best, second] = search.best(2);
    expect(best?.ids).toEqual([3, 1]);
    expect(best?.score).toBeCloseTo(Math.log(0.36));
    expect(second?.ids).toEqual([2, 1]);
    expect(second?.score).toBeCloseTo(Math.log(0.24));
  });

  it("says which beam each of the next continues", () => {
    const search = new Search(OPTIONS);
    expect(search.advance([row(0.01, 0, 0.6, 0.39)])).toEqual({ parents: [0, 0], tokens: [2, 3] });
    // 0.39 · 0.9, 0.6 · 0.5 before 0.6 · 0.3 and 0.39 · 0.1.
    expect(search.advance([row(0.2, 0, 0.5, 0.3), row(0, 0, 0.1, 0.9)])).toEqual({ parents: [1, 0], tokens: [3, 2] });
  });

  it("keeps as many beams alive as it has, whichever end", () => {
    const search = new Search(OPTIONS);
    expect(search.advance([row(0, 0.5, 0.3, 0.2)])).toEqual({ parents: [0, 0], tokens: [2, 3] });
    // The ends are the best two of four.
    expect(search.advance([row(0, 0.8, 0.2, 0), row(0, 0.9, 0, 0.1)])).toEqual({ parents: [0, 1], tokens: [2, 3] });
  });

  it("subtracts logZ from scores that aren't normalized", () => {
    const raw = { scores: Float32Array.of(0, 3, 4, 5), logZ: Math.log(1 + Math.E ** 3 + Math.E ** 4 + Math.E ** 5) };
    const search = new Search({ ...OPTIONS, numBeams: 1, maxNewTokens: 1 });
    search.advance([raw]);
    expect(search.best(1)[0]?.score).toBeCloseTo(5 - raw.logZ, 6);
  });

  it("prefers the earlier token of equals, and the worse beam's as T5X or the better beam's", () => {
    const search = new Search(OPTIONS);
    const same = row(0, 0.02, 0.75, 0.23);
    expect(new Search(OPTIONS).advance([row(0.25, 0.1, 0.25, 0.25)]).tokens).toEqual([0, 2]);
    expect(search.advance([same]).tokens).toEqual([2, 3]);
    // 2 2, and then 2 3 or 3 2 with the same probability.
    const second = Search === T5xBeamSearch ? { parents: [0, 1], tokens: [2, 2] } : { parents: [0, 0], tokens: [2, 3] };
    expect(search.advance([same, same])).toEqual(second);
  });

  it("never takes what is as good as impossible", () => {
    const search = new Search(OPTIONS);
    search.advance([{ scores: Float32Array.of(-1e7, -1e10, 0, Number.NEGATIVE_INFINITY), logZ: 0 }]);
    expect(search.best(2).map(({ ids }) => ids)).toEqual([[2]]);
  });

  it("leaves out what has no probability", () => {
    const search = new Search(OPTIONS);
    expect(search.advance([row(0, 0, 1, 0)])).toEqual({ parents: [0], tokens: [2] });
    expect(search.advance([row(0, 1, 0, 0)])).toEqual({ parents: [], tokens: [] });
    expect(search.isDone).toBe(true);
    expect(search.best(2).map(({ ids }) => ids)).toEqual([[2, 1]]);
  });

  it("begins with its prompt, which costs nothing and counts in the length", () => {
    const prompt = [3, 1, 3];
    const table = [row(0, 0, 0, 0), row(0, 0, 0, 0), row(0, 0.4, 0.3, 0.3), row(0, 0.1, 0.8, 0.1)];
    const search = new Search({ ...OPTIONS, prompt, maxNewTokens: 2, lengthPenalty: 1 });
    expect(run(search, table, 3)).toBe(2);
    const found = search.best(2).find(({ ids }) => `${ids}` === "3,1,3,2,1");
    // T5X counts 5 tokens, (5 + 5) / 6; Hugging Face the start token and not the end: 5; its version 5 what it generated.
    const divisor = Search === T5xBeamSearch ? 10 / 6 : Search === HuggingFaceBeamSearch ? 5 : 2;
    expect(found?.score).toBeCloseTo(Math.log(0.8 * 0.4) / divisor);
  });
});

// After the start token: 1 ends with 0.5; 2 goes on, and ends with 0.9 after that.
const SHORT_OR_LONG = [row(0, 0.5, 0.45, 0.05), row(0, 0, 0, 0), row(0, 0.9, 0.05, 0.05), row(0, 0.3, 0.3, 0.4)];

describe("T5xBeamSearch", () => {
  it("divides by the penalty of the length with the end token", () => {
    for (const [lengthPenalty, best] of [
      [0, [1]],
      [2, [2, 1]],
    ] as const) {
      const search = new T5xBeamSearch({ ...OPTIONS, lengthPenalty });
      run(search, SHORT_OR_LONG);
      expect(search.best(1)[0]?.ids).toEqual(best);
      const scores = Object.fromEntries(search.best(2).map(({ ids, score }) => [`${ids}`, score]));
      expect(scores["1"]).toBeCloseTo(Math.log(0.5)); // (5 + 1) / 6 = 1
      expect(scores["2,1"]).toBeCloseTo(Math.log(0.45 * 0.9) / (7 / 6) ** lengthPenalty);
    }
  });

  it("ends when no live beam can beat the worst of the ended ones", () => {
    expect(run(new T5xBeamSearch(OPTIONS), SHORT_OR_LONG)).toBe(2);
    // With a strong penalty, a longer one might: it goes on.
    expect(run(new T5xBeamSearch({ ...OPTIONS, lengthPenalty: 4 }), SHORT_OR_LONG)).toBeGreaterThan(2);
  });

  it("returns live beams with their raw scores if nothing has ended", () => {
    const search = new T5xBeamSearch({ ...OPTIONS, maxNewTokens: 2, lengthPenalty: 2 });
    run(search, [row(0, 0, 1, 0), row(0, 0, 0, 0), row(0, 0, 0.75, 0.25), row(0, 0, 1, 0)]);
    expect(search.best(2)).toEqual([
      { ids: [2, 2], score: Math.fround(Math.log(0.75)) },
      { ids: [2, 3], score: Math.fround(Math.log(0.25)) },
    ]);
  });
});

describe("HuggingFaceBeamSearch", () => {
  it("divides by the length with the start and without the end token, to the power of the penalty", () => {
    const search = new HuggingFaceBeamSearch({ ...OPTIONS, lengthPenalty: 1 });
    run(search, SHORT_OR_LONG);
    const scores = Object.fromEntries(search.best(2).map(({ ids, score }) => [`${ids}`, score]));
    expect(scores["1"]).toBeCloseTo(Math.log(0.5) / 1);
    expect(scores["2,1"]).toBeCloseTo(Math.log(0.45 * 0.9) / 2);
  });

  it("doesn't count an end that isn't among the best candidates", () => {
    const search = new HuggingFaceBeamSearch({ ...OPTIONS, maxNewTokens: 1 });
    search.advance([row(0.2, 0.1, 0.4, 0.3)]); // the end is fourth of four
    expect(search.best(2).map(({ ids }) => ids)).toEqual([[2], [3]]);
  });

  it("counts live beams as ended when the length runs out", () => {
    const search = new HuggingFaceBeamSearch({ ...OPTIONS, maxNewTokens: 1, lengthPenalty: 1 });
    search.advance([row(0, 0.6, 0.4, 0)]);
    expect(search.best(2)).toEqual([
      { ids: [2], score: Math.fround(Math.log(0.4)) / 2 },
      { ids: [1], score: Math.fround(Math.log(0.6)) },
    ]);
  });

  it("ends with its last ended sequence when it stops early, and otherwise when none can be better", () => {
    // Two have ended after two steps, log 0.4 the worse; the step's best candidate, log 0.49 / 2, is better than that.
    const table = [row(0, 0.4, 0.5, 0.1), row(0, 0, 0, 0), row(0, 0.98, 0.01, 0.01), row(0, 0.98, 0.01, 0.01)];
    const early = new HuggingFaceBeamSearch({ ...OPTIONS, lengthPenalty: 1, isEarlyStopping: true });
    const late = new HuggingFaceBeamSearch({ ...OPTIONS, lengthPenalty: 1 });
    expect(run(early, table)).toBe(2);
    expect(run(late, table)).toBe(3);
    expect(early.best(1)[0]?.ids).toEqual([2, 1]);
    expect(late.best(1)[0]?.ids).toEqual([2, 1]);
  });
});
