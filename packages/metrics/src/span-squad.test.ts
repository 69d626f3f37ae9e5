import { describe, expect, it } from "vitest";
import { spanSquad } from "./span-squad.js";

const context = "The U.S. flag: red, white and blue."; // The U S flag red white and blue

describe("spanSquad", () => {
  it("reads an answer off the words of the context, the last one included", () => {
    expect(spanSquad(["start: 4 end: 7"], [{ answers: ["red, white and blue"], context }]).f1).toBe(100);
    expect(spanSquad(["start:4 end:7"], [{ answers: ["red white and blue"], context }]).em).toBe(100);
  });

  it("stops at the end of the context", () => {
    expect(spanSquad(["start: 7 end: 99"], [{ answers: ["blue"], context }])).toEqual({ em: 100, f1: 100 });
  });

  it("takes any other form for an empty answer", () => {
    for (const prediction of ["", "start: 4", "start: four end: five", "4 7", "start: 6 end: 4"]) {
      expect(spanSquad([prediction], [{ answers: ["white"], context }]), prediction).toEqual({ em: 0, f1: 0 });
    }
  });

  it("refuses an empty set", () => {
    expect(() => spanSquad([], [])).toThrow("spanSquad: expected at least one prediction, got none");
  });
});
