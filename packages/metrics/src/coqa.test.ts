import { describe, expect, it } from "vitest";
import { coqaF1, coqaTokenize } from "./coqa.js";

describe("coqaTokenize", () => {
  it("gives the words of the normalized answer", () => {
    expect(coqaTokenize("Maru, the  cat.")).toEqual(["maru", "cat"]);
    expect(coqaTokenize("The.")).toEqual([]);
  });
});

describe("coqaF1", () => {
  it("takes the best reference of each turn", () => {
    // jump against jump, box: precision 1, recall ½; cat against maru: nothing.
    expect(coqaF1(["jump", "cat"], [["jump box"], ["maru"]])).toBeCloseTo(100 / 3, 12);
    expect(coqaF1(["jump box"], [["jump the box", "climb box"]])).toBe(100);
  });

  it("lets two answers without words agree, unlike SQuAD's F1", () => {
    expect([coqaF1(["the"], [["!"]]), coqaF1(["the"], [["cat"]])]).toEqual([100, 0]);
  });
});
