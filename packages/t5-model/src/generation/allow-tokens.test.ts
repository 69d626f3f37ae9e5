import { describe, expect, it } from "vitest";
import { allowTokens } from "./allow-tokens.js";

const NEVER = Number.NEGATIVE_INFINITY;

describe("allowTokens", () => {
  it("keeps the scores of what is allowed after the tokens so far, and forbids the rest", () => {
    const process = allowTokens((tokens) => (tokens.at(-1) === 0 ? [1, 3] : [2]));
    const scores = new Float32Array([4, 3, 2, 1]);
    process(scores, [0], 0);
    expect([...scores]).toEqual([NEVER, 3, NEVER, 1]);
    process(scores, [0, 3], 0);
    expect([...scores]).toEqual([NEVER, NEVER, NEVER, NEVER]);
  });

  it("forbids everything where nothing is allowed, so that generation says so", () => {
    const scores = new Float32Array(2);
    allowTokens(() => [])(scores, [0], 0);
    expect([...scores]).toEqual([NEVER, NEVER]);
  });

  it("refuses an id outside the vocabulary", () => {
    expect(() => allowTokens(() => [4])(new Float32Array(4), [0], 2)).toThrow("ids below 4 for input 2, got 4");
  });
});
