import { describe, expect, it } from "vitest";
import { spanAnswer, squad, squadSpan, squadTrivia, triviaQa } from "./question-answering.js";

const RECORD = { question: "Say what?", context: "context with the answer.", answers: ["the answer", "answer"] };

describe("squad", () => {
  it("asks with the context, and keeps every answer", () => {
    expect(squad(RECORD)).toEqual({
      inputs: "question: Say what ? context: context with the answer . ",
      targets: "the answer",
      answers: ["the answer", "answer"],
    });
  });

  it("asks without it", () => {
    expect(squadTrivia(RECORD).inputs).toBe("squad trivia question: Say what ? ");
  });

  it("asks for the place of the answer, and leaves out what has none", () => {
    expect(squadSpan(RECORD)?.targets).toBe("start: 2 end: 3");
    expect(squadSpan({ ...RECORD, context: "context without answers." })).toBeUndefined();
  });

  it("needs an answer", () => {
    expect(() => squad({ ...RECORD, answers: [] })).toThrow("answers: expected at least one answer, got none");
  });
});

describe("spanAnswer", () => {
  it("finds the first place, in words of ASCII", () => {
    expect(spanAnswer("Called the Denver Broncos.", "Denver Broncos")).toBe("start: 2 end: 3");
    expect(spanAnswer("a b a b c", "a b")).toBe("start: 0 end: 1");
    expect(spanAnswer("naïve people here", "ve people")).toBe("start: 1 end: 2");
    expect(spanAnswer("a b", "c")).toBe("");
  });
});

describe("triviaQa", () => {
  it("makes an example of each text and each answer in it", () => {
    const contexts = ["It is the Key.", "They are the keys."];
    expect(triviaQa({ question: "What?", contexts, answers: ["key", "keys"] })).toEqual([
      { inputs: "question: What ? context: It is the Key . ", targets: "key" },
      { inputs: "question: What ? context: They are the keys . ", targets: "key" },
      { inputs: "question: What ? context: They are the keys . ", targets: "keys" },
    ]);
  });
});
