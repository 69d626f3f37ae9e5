import { describe, expect, it } from "vitest";
import { wnliReferent } from "./wnli-referent.js";

describe("wnliReferent", () => {
  it("marks the pronoun and asks for the phrase in its place", () => {
    const sentence1 = "Lily spoke to Donna, breaking her concentration.";
    expect(wnliReferent({ sentence1, sentence2: "Lily spoke to Donna, breaking Donna's concentration." })).toEqual({
      inputs: "wsc: Lily spoke to Donna, breaking *her* concentration.",
      targets: "Donna",
    });
  });

  it("takes the pronoun whose surroundings the second sentence repeats", () => {
    const sentence1 = "He told her that the dog bit them when it was hungry.";
    expect(wnliReferent({ sentence1, sentence2: "The dog was hungry." })).toEqual({
      inputs: "wsc: He told her that the dog bit them when *it* was hungry.",
      targets: "The dog",
    });
  });

  it("parts a mark from a pronoun at the end", () => {
    const sentence1 = "The sculpture rolled off the shelf because Ann had not seen it.";
    expect(wnliReferent({ sentence1, sentence2: "Ann had not seen the shelf." })).toEqual({
      inputs: "wsc: The sculpture rolled off the shelf because Ann had not seen *it* .",
      targets: "the shelf",
    });
  });

  it("refuses a text without a pronoun, naming those it knows", () => {
    const example = { sentence1: "Nobody came.", sentence2: "Nobody came." };
    expect(() => wnliReferent(example)).toThrow(/sentence1: expected a pronoun \(he, she/);
  });
});
