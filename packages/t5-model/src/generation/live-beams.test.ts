import { describe, expect, it } from "vitest";
import type { BeamOptions, ScoreRow } from "./beam-search.js";
import { LiveBeams } from "./live-beams.js";

const OPTIONS: BeamOptions = {
  numBeams: 2,
  maxNewTokens: 5,
  eosTokenId: 1,
  lengthPenalty: 1,
  isEarlyStopping: false,
};

const row = (...scores: number[]): ScoreRow => ({ scores: Float32Array.from(scores), logZ: 0 });

describe("LiveBeams", () => {
  it("begin as one, with the prompt", () => {
    const prompt = [4, 5];
    expect(new LiveBeams({ ...OPTIONS, prompt }).all).toEqual([{ ids: [4, 5], score: 0 }]);
    expect(new LiveBeams(OPTIONS).all).toEqual([{ ids: [], score: 0 }]);
  });

  it("find twice as many candidates as there are beams, the best first, of equals the earlier token's", () => {
    const live = new LiveBeams(OPTIONS);
    const found = live.candidates([row(-3, -1, -2, -1, -9)], "better beam");
    expect(found.map(({ token }) => token)).toEqual([1, 3, 2, 0]);
  });

  it("take the beam that is preferred of equals", () => {
    for (const [preferred, parents] of [
      ["better beam", [0, 1]],
      ["worse beam", [1, 0]],
    ] as const) {
      const live = new LiveBeams(OPTIONS);
      live.advance(live.candidates([row(-8, -8, -1, -1)], preferred));
      const found = live.candidates([row(-9, -9, -2, -9), row(-9, -9, -2, -9)], preferred);
      expect(found.slice(0, 2).map(({ parent }) => parent)).toEqual(parents);
    }
  });

  it("go on without those that end", () => {
    const live = new LiveBeams(OPTIONS);
    const step = live.advance(live.candidates([row(-4, -1, -2, -3)], "better beam"));
    expect(step).toEqual({ parents: [0, 0], tokens: [2, 3] });
    expect(live.all).toEqual([
      { ids: [2], score: -2 },
      { ids: [3], score: -3 },
    ]);
    expect(live.bestScore).toBe(-2);
  });

  it("name the token and the beam of a score that is no number, wherever it stands", () => {
    const live = new LiveBeams(OPTIONS);
    for (const scores of [
      [Number.NaN, -1, -2, -3, -4],
      [-1, -2, -3, -4, Number.NaN],
    ]) {
      const message = `got NaN for token ${scores.findIndex(Number.isNaN)} of beam 0`;
      expect(() => live.candidates([row(...scores)], "better beam")).toThrow(message);
    }
  });
});
