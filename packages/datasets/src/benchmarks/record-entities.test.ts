import { describe, expect, it } from "vitest";
import { recordEntities } from "./record-entities.js";

const QUESTION = {
  query: "It was @placeholder.",
  entities: ["A", "B", "C"],
  passage: "This is the passage\n@highlight\nAnother sentence.\n@highlight\nThird.",
  answers: ["A", "C"],
};
const inputs =
  "record query: It was @placeholder. entities: A, B, C passage: This is the passage. Another sentence. Third.";

describe("recordEntities", () => {
  it("makes an example for each answer, and sentences of highlights", () => {
    expect(recordEntities(QUESTION)).toEqual([
      { inputs, targets: "A" },
      { inputs, targets: "C" },
    ]);
  });

  it("makes one for hidden answers", () => {
    expect(recordEntities({ ...QUESTION, answers: [] })).toEqual([{ inputs, targets: "<unk>" }]);
  });
});
