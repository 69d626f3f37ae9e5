import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { fillInTheBlank } from "./fill-in-the-blank.js";

const TEXT = "The fat cat sat on the mat.";

/** Puts the parts of `targets` into the gaps of `inputs`. */
function filled({ inputs, targets }: { inputs: string; targets: string }): string {
  const parts = targets.split("X").map((part) => part.trim());
  if (parts[0] === "") parts.shift();
  return inputs.replace("fill: ", "").replaceAll("X", () => parts.shift() ?? "?");
}

describe("fillInTheBlank", () => {
  it("makes two examples that give the text back when their gaps are filled", () => {
    for (let seed = 0; seed < 100; seed++) {
      const examples = fillInTheBlank(TEXT, createRng(seed));
      expect(examples.map(filled)).toEqual([TEXT, TEXT]);
    }
  });

  it("asks in the second example for what the first one shows", () => {
    const [first, second] = fillInTheBlank(TEXT, createRng(1));
    expect(second).toEqual({ inputs: `fill: ${first?.targets}`, targets: first?.inputs.replace("fill: ", "") });
  });

  it("has at least one gap, and in some draws several", () => {
    const gaps = Array.from(
      { length: 100 },
      (_, seed) => fillInTheBlank(TEXT, createRng(seed))[0]!.inputs.split("X").length - 1,
    );
    expect(Math.min(...gaps)).toBe(1);
    expect(Math.max(...gaps)).toBeGreaterThan(2);
  });

  it("makes nothing of a single word", () => {
    expect(fillInTheBlank(" One_word_only. ", createRng(0))).toEqual([]);
    expect(fillInTheBlank("", createRng(0))).toEqual([]);
  });
});
