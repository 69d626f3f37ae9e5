import { describe, expect, it } from "vitest";
import { normalizeSquad } from "./squad.js";
import { normalizeTriviaQa, triviaQa } from "./trivia-qa.js";

describe("normalizeTriviaQa", () => {
  it("puts a space for punctuation where SQuAD's rule puts nothing", () => {
    expect(normalizeTriviaQa("mother-in-law_x")).toBe("mother in law x");
    expect(normalizeSquad("mother-in-law_x")).toBe("motherinlawx");
  });

  it("counts curly single quotes and the acute accent as punctuation, and not double ones", () => {
    expect(normalizeTriviaQa("‘The’ rock´n`roll “hit”")).toBe("rock n roll “hit”");
  });
});

describe("triviaQa", () => {
  it("takes the best alias", () => {
    // T5's own test.
    const references = [["big moose", "hippo"], ["correct1"], ["correct2.1", "correct2.2"], ["a", "b"]];
    expect(triviaQa(["‘a big  Moose!‘", "wrong", "correct2.2", "c"], references)).toEqual({ em: 50, f1: 50 });
  });
});
