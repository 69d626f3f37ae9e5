import { describe, expect, it } from "vitest";
import { accuracy, allMatch, exactMatch } from "./exact-match.js";

describe("exactMatch", () => {
  it("counts predictions that are one of their references to the letter", () => {
    expect(exactMatch(["a", "b", "C", "d "], [["x", "a"], ["b"], ["c"], ["d"]])).toBe(50);
  });

  it("names the prediction without references", () => {
    expect(() => exactMatch(["a", "b"], [["a"], []])).toThrow(
      "exactMatch: references[1]: expected at least one, got none",
    );
  });
});

describe("accuracy", () => {
  it("is the share of equal pairs, of numbers or of texts", () => {
    expect(accuracy([0, 1, 2, 1], [0, 0, 2, 1])).toBe(75);
    expect(accuracy(["yes", "no"], ["yes", "yes"])).toBe(50);
  });

  it("refuses an empty set and unequal lengths", () => {
    expect(() => accuracy([], [])).toThrow("accuracy: expected at least one prediction, got none");
    expect(() => accuracy([1], [1, 2])).toThrow(
      "accuracy: expected as many references as predictions, got 2 references and 1 predictions",
    );
  });
});

describe("allMatch", () => {
  it("is 100 if every pair is equal, else 0", () => {
    expect([allMatch([0, 1], [0, 1]), allMatch([0, 2], [0, 1])]).toEqual([100, 0]);
  });
});
