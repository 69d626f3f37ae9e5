import { describe, expect, it } from "vitest";
import { multirc } from "./multirc.js";

describe("multirc", () => {
  it("gives F1 over all answers and the share of questions that are right throughout", () => {
    // One right 1 of two predicted and two wanted; of the questions only the second has no mistake.
    expect(multirc([1, 0, 0, 1], [1, 1, 0, 0], ["p", "p", "q", "r"])).toEqual({ f1: 50, exactMatch: 100 / 3 });
  });
});
