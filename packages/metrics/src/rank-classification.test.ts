import { describe, expect, it } from "vitest";
import { type RankedAnswer, rankClassification } from "./rank-classification.js";

/** Answers in order, from rows of what is correct. */
function answers(rows: boolean[][], weights: number[] = []): RankedAnswer[] {
  return rows.flatMap((row, input) =>
    row.map((isCorrect, i) => ({ index: [input, i], isCorrect, weight: weights[input] ?? 1, length: 1 })),
  );
}

const THREE = [
  [false, true, false],
  [true, false, false],
  [false, false, true],
];
const THREE_SCORES = [0.1, 0.5, 0, -2, -1, -3, 3, 3.1, 3.2];

describe("rankClassification", () => {
  it("gives accuracy and mean F1 for three classes, as in T5's test", () => {
    const { accuracy, meanF1, ...more } = rankClassification(THREE_SCORES, answers(THREE), { numClasses: 3 });
    // Predicted 1, 1, 2 for 1, 0, 2. F1: 0, 2/3, 1.
    expect([accuracy, meanF1]).toEqual([expect.closeTo(200 / 3, 9), expect.closeTo(500 / 9, 9)]);
    expect(more).toEqual({});
  });

  it("weighs inputs, as in T5's test", () => {
    const scores = rankClassification(THREE_SCORES, answers(THREE, [0.2, 0.5, 1]), { numClasses: 3 });
    expect(scores.accuracy).toBeCloseTo(70.5882353, 6);
    expect(scores.meanF1).toBeCloseTo(48.1481481, 6);
  });

  it("accepts any correct answer where there are several, and gives accuracy only", () => {
    const rows = [
      [false, true, false],
      [true, false, true],
      [false, true, true],
    ];
    expect(rankClassification(THREE_SCORES, answers(rows), { numClasses: 3 })).toEqual({
      accuracy: expect.closeTo(200 / 3, 9),
    });
  });

  it("takes inputs with different numbers of answers without numClasses", () => {
    const rows = [[false, true], [true, false, true], [true]];
    expect(rankClassification([0.1, 0.5, -2, -1, -3, 3], answers(rows))).toEqual({
      accuracy: expect.closeTo(200 / 3, 9),
    });
  });

  it("doesn't depend on the order of the answers", () => {
    const list = answers([
      [true, false],
      [false, true],
      [true, false],
    ]);
    const scores = [0.1, 0.5, 1, 1.1, 0.3, 0.1];
    const order = [5, 2, 0, 3, 1, 4];
    const shuffled = rankClassification(
      order.map((i) => scores[i]!),
      order.map((i) => list[i]!),
      { numClasses: 2 },
    );
    expect(shuffled).toEqual(rankClassification(scores, list, { numClasses: 2 }));
  });

  it("divides by the length of the answer if asked to", () => {
    const list = answers([[true, false]]).map((answer, i) => ({ ...answer, length: [8, 2][i]! }));
    expect(rankClassification([-4, -2], list).accuracy).toBe(0);
    expect(rankClassification([-4, -2], list, { normalizeByLength: true }).accuracy).toBe(100);
  });

  it("compares scores in float32, where the first of equal ones wins", () => {
    const list = answers([
      [true, false],
      [false, true],
    ]);
    expect(rankClassification([-1, -1 + 1e-9, -5, 0], list, { numClasses: 2 }).accuracy).toBe(100);
    expect(rankClassification([-1, -1 + 1e-9, -5, 0], list).accuracy).toBe(50);
  });

  it("takes probabilities in float32, where a lead of 20 is as certain as one of 30", () => {
    const list = answers([
      [false, true],
      [true, false],
    ]);
    expect(rankClassification([-20, 0, -30, 0], list, { numClasses: 2 }).aucRoc).toBe(50);
    expect(rankClassification([-10, 0, -12, 0], list, { numClasses: 2 }).aucRoc).toBe(0);
  });

  it("names what doesn't fit", () => {
    expect(() => rankClassification([1, 2, 3], answers([[true, false, false]]), { numClasses: 2 })).toThrow(
      "expected a multiple of 2 answers, 2 for each input, got 3",
    );
    expect(() => rankClassification([1], answers([[true]], [0]))).toThrow("weights: expected a sum above 0, got 0");
    expect(() => rankClassification([1], answers([[true]]), { numClasses: 1 })).toThrow(
      "expected an integer from 2, got 1",
    );
  });
});
