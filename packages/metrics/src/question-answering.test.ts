import { describe, expect, it } from "vitest";
import { answerScores } from "./question-answering.js";

describe("answerScores", () => {
  it("takes the best reference, for exact match and F1 each on its own", () => {
    // First: exact. Second: no exact match; F1 with “red car” is 2·½·1/(½+1)… = 0.8 for two of three words.
    expect(
      answerScores(
        ["blue", "big red car"],
        [
          ["green", "blue"],
          ["red car", "boat"],
        ],
      ),
    ).toEqual({ em: 50, f1: 90 });
  });

  it("compares texts as they are", () => {
    expect(answerScores(["Blue"], [["blue"]])).toEqual({ em: 0, f1: 0 });
  });

  it("refuses an empty set, unequal lengths and a question without references", () => {
    expect(() => answerScores([], [])).toThrow("at least one prediction");
    expect(() => answerScores(["a"], [])).toThrow("as many references as predictions");
    expect(() => answerScores(["a"], [[]])).toThrow("references[0]: expected at least one, got none");
  });
});
