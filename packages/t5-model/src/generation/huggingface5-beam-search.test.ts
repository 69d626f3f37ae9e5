import { describe, expect, it } from "vitest";
import type { BeamOptions, ScoreRow } from "./beam-search.js";
import { HuggingFace5BeamSearch } from "./huggingface5-beam-search.js";

const OPTIONS: BeamOptions = {
  numBeams: 2,
  maxNewTokens: 3,
  eosTokenId: 1,
  lengthPenalty: 1,
  isEarlyStopping: false,
};

const row = (...probabilities: number[]): ScoreRow => ({ scores: Float32Array.from(probabilities, Math.log), logZ: 0 });

describe("HuggingFace5BeamSearch", () => {
  it("divides by the number of generated tokens, the end among them", () => {
    const search = new HuggingFace5BeamSearch(OPTIONS);
    search.advance([row(0, 0, 0.5, 0.5)]);
    search.advance([row(0, 0.8, 0.1, 0.1), row(0, 0.6, 0.2, 0.2)]);
    const [best, second] = search.best(2);
    expect([best?.ids, second?.ids]).toEqual([
      [2, 1],
      [3, 1],
    ]);
    expect(best?.score).toBeCloseTo(Math.log(0.5 * 0.8) / 2);
    expect(second?.score).toBeCloseTo(Math.log(0.5 * 0.6) / 2);
  });

  it("counts what isn't ended at the last token among the ended, if it is among the best", () => {
    const search = new HuggingFace5BeamSearch({ ...OPTIONS, maxNewTokens: 1 });
    search.advance([row(0, 0.2, 0.5, 0.3)]);
    expect(search.isDone).toBe(true);
    expect(search.best(2).map(({ ids }) => ids)).toEqual([[2], [3]]);
  });

  it("stops early with as many ended as beams, and else when the best live one can't catch up", () => {
    const first = row(0, 0, 0.9, 0.1);
    const second = [row(0, 0.5, 0.5, 0), row(0, 0.9, 0.1, 0)];
    const early = new HuggingFace5BeamSearch({ ...OPTIONS, isEarlyStopping: true });
    const late = new HuggingFace5BeamSearch(OPTIONS);
    for (const search of [early, late]) {
      search.advance([first]);
      search.advance(second);
    }
    // One of the best two has ended: 2 1, and 2 2 goes on.
    expect([early.isDone, late.isDone]).toEqual([false, false]);
    early.advance([row(0, 0.9, 0.1, 0), row(0, 0.9, 0.1, 0)]);
    expect(early.isDone).toBe(true);
  });
});
