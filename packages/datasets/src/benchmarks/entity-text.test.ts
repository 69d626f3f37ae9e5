import { describe, expect, it } from "vitest";
import { entityExample, formatEntities, parseEntities } from "./entity-text.js";

describe("entities as text", () => {
  it("are listed with their labels, as in mT5", () => {
    const words = ["rick", "and", "morty", "are", "in", "New", "York"];
    const tags = ["B-PER", "O", "B-PER", "O", "O", "B-LOC", "I-LOC"];
    expect(entityExample({ words, tags })).toEqual({
      inputs: "tag: rick and morty are in New York",
      targets: "PER: rick $$ PER: morty $$ LOC: New York",
    });
    expect(entityExample({ words: ["none"], tags: ["O"] }).targets).toBe("");
    const film = { words: "Rick Deckard in Paris".split(" "), tags: "B-PER E-PER O S-LOC".split(" ") };
    expect(entityExample(film).targets).toBe("PER: Rick Deckard $$ LOC: Paris");
    expect(() => entityExample({ words: ["a"], tags: ["person"] })).toThrow('got "person"');
  });

  it("are read back, and what isn't one is passed over", () => {
    const entities = [
      { label: "PER", text: "rick" },
      { label: "LOC", text: "New York: the city" },
    ];
    expect(parseEntities(formatEntities(entities))).toEqual(entities);
    expect(parseEntities("")).toEqual([]);
    expect(parseEntities("PER rick $$ LOC:  paris  $$ : x $$ ORG:")).toEqual([{ label: "LOC", text: "paris" }]);
  });
});
