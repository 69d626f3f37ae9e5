import { describe, expect, it } from "vitest";
import { perplexity } from "./perplexity.js";

describe("perplexity", () => {
  it("is the number of tokens that are equally likely", () => {
    expect(perplexity(3 * Math.log(50), 3)).toBeCloseTo(50, 10);
  });

  it("is 1 for a model that is certain and right", () => {
    expect(perplexity(0, 12)).toBe(1);
  });

  it("refuses no tokens and a sum that can't be", () => {
    expect(() => perplexity(1, 0)).toThrow("perplexity: tokens: expected an integer from 1, got 0");
    expect(() => perplexity(-1, 2)).toThrow("expected 0 or more, got -1");
    expect(() => perplexity(Number.NaN, 2)).toThrow("expected 0 or more, got NaN");
  });
});
