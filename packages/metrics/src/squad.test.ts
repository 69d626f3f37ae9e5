import { describe, expect, it } from "vitest";
import { normalizeSquad, squad } from "./squad.js";

describe("normalizeSquad", () => {
  it("lowers, deletes punctuation and articles, and leaves single spaces", () => {
    expect(normalizeSquad("  The U.S.A. -- an  (old) THEATRE\n")).toBe("usa old theatre");
  });

  it("deletes punctuation before it looks for articles", () => {
    expect(normalizeSquad("a.n apple; t-h-e pear")).toBe("apple pear");
  });

  it("keeps punctuation beyond ASCII and articles inside words", () => {
    expect(normalizeSquad("‘the’ thé «an»")).toBe("‘ ’ thé « »");
  });

  it("changes nothing the second time", () => {
    const once = normalizeSquad("The “Quick” brown-fox, an A.");
    expect(normalizeSquad(once)).toBe(once);
  });
});

describe("squad", () => {
  it("compares normalized answers", () => {
    expect(squad(["the big Moose!"], [["a big moose"]])).toEqual({ em: 100, f1: 100 });
  });

  it("gives an answer that normalizes to nothing no F1, even against nothing", () => {
    expect(squad(["the"], [["$$"]])).toEqual({ em: 100, f1: 0 });
  });
});
