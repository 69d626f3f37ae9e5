import { describe, expect, it } from "vitest";
import { pronounReferent, winograd, winogradReferent } from "./winograd.js";

describe("winograd", () => {
  it("marks noun and pronoun, whichever comes first", () => {
    const record = {
      text: "This is a test sentence .",
      span1_text: "test",
      span1_index: 3,
      span2_text: "This",
      span2_index: 0,
      label: 0,
    };
    expect(winograd(record)).toEqual({ inputs: "wsc text: # This # is a * test * sentence .", targets: "False" });
    const swapped = { ...record, span1_text: "This", span1_index: 0, span2_text: "test", span2_index: 3, label: 1 };
    expect(winograd(swapped)).toEqual({ inputs: "wsc text: * This * is a # test # sentence .", targets: "True" });
  });

  it("takes the words as they are: a point is a point", () => {
    const record = {
      text: "Mr. X ($1) left .",
      span1_text: "X ($1)",
      span1_index: 1,
      span2_text: "Mr.",
      span2_index: 0,
      label: -1,
    };
    expect(winograd(record)).toEqual({ inputs: "wsc text: # Mr. # * X ($1) * left .", targets: "<unk>" });
  });
});

describe("winogradReferent", () => {
  const record = {
    text: "Mitchell asked Tom if he could lend some money.",
    span1_text: "Tom",
    span2_text: "he",
    span2_index: 4,
  };

  it("marks the pronoun and asks for the noun", () => {
    expect(winogradReferent(record)).toEqual({
      inputs: "wsc: Mitchell asked Tom if *he* could lend some money.",
      targets: "Tom",
    });
  });

  it("refuses a pronoun that isn't where it should be", () => {
    expect(() => winogradReferent({ ...record, span2_index: 3 })).toThrow(
      'winogradReferent: expected "he" as word 3 of the text, got "if"',
    );
  });
});

describe("pronounReferent", () => {
  it("marks the first whole word", () => {
    const sentence = "Carl borrowed a book from the thief, but the book was unreadable to him.";
    const record = { sentence, pronoun: "the", candidates: ["Carl", "thief"], label: 1 };
    expect(pronounReferent(record)).toEqual({
      inputs: `wsc: ${sentence.replace("from the", "from *the*")}`,
      targets: "thief",
    });
    expect(pronounReferent({ ...record, pronoun: "him" }).inputs).toMatch(/to \*him\*\.$/);
  });

  it("refuses a label without a candidate", () => {
    expect(() => pronounReferent({ sentence: "a he b", pronoun: "he", candidates: [], label: 0 })).toThrow(
      "pronounReferent: label: expected an integer below 0, got 0",
    );
  });
});
