import { describe, expect, it } from "vitest";
import { accuracy } from "./exact-match.js";
import { firstOfGroups, meanOverGroups } from "./groups.js";

const score = (predictions: readonly number[], targets: readonly number[]): Record<string, number> => ({
  accuracy: accuracy(predictions, targets),
});

describe("meanOverGroups", () => {
  it("counts a large group as much as a small one", () => {
    const { mean, byGroup } = meanOverGroups(score, [0, 0, 1], [0, 1, 0], ["a", "a", "b"]);
    expect(mean).toEqual({ accuracy: 25 });
    expect(byGroup).toEqual(
      new Map([
        ["a", { accuracy: 50 }],
        ["b", { accuracy: 0 }],
      ]),
    );
  });

  it("needs a group for each prediction", () => {
    expect(() => meanOverGroups(score, [0, 1], [0, 1], ["a"])).toThrow(
      "meanOverGroups: groups: expected 2, one for each prediction, got 1",
    );
  });
});

describe("firstOfGroups", () => {
  it("scores the first example of each group only", () => {
    expect(firstOfGroups(score, [0, 1, 1, 5], [0, 0, 1, 1], [7, 7, 8, 8])).toEqual({ accuracy: 100 });
  });
});
