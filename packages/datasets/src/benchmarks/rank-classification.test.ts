import { describe, expect, it } from "vitest";
import { rankClassification } from "./rank-classification.js";

describe("rankClassification", () => {
  it("makes an example of each option, and says whose it is and whether it's right", () => {
    const options = { inputs: ["cats", "sky"], targets: ["class 0", "class 1"], isCorrect: [false, true] };
    expect(rankClassification(7, options)).toEqual([
      { idx: [7, 0], inputs: "cats", targets: "class 0", isCorrect: false },
      { idx: [7, 1], inputs: "sky", targets: "class 1", isCorrect: true },
    ]);
  });

  it("refuses lists of different lengths", () => {
    expect(() => rankClassification(0, { inputs: ["a"], targets: ["b", "c"], isCorrect: [true, false] })).toThrow(
      "rankClassification: expected as many inputs as targets and marks, got 1, 2 and 2",
    );
  });
});
