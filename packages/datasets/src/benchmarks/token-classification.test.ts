import { describe, expect, it } from "vitest";
import { tagNamesOf, tokenClassificationExample } from "./token-classification.js";

const SENTENCE = { words: ["in", "Paris", "", "!"], tags: ["O", "B-LOC", "O", "O"] };
const tagNames = ["O", "B-LOC"];
// Two letters are a piece; the first word of the text is told apart by its ids.
const encodeWord = (word: string, isFirst: boolean) =>
  (word.match(/..?/g) ?? []).map((piece) => (isFirst ? 100 : 200) + piece.length);

describe("tokenClassificationExample", () => {
  it("labels the first piece of each word, and no mark", () => {
    expect(tokenClassificationExample(SENTENCE, { encodeWord, tagNames, startId: 2, endId: 1 })).toEqual({
      inputIds: [2, 102, 202, 202, 201, 201, 1],
      labels: [-100, 0, 1, -100, -100, 0, -100],
    });
  });

  it("does without marks", () => {
    expect(tokenClassificationExample({ words: ["in"], tags: ["O"] }, { encodeWord, tagNames })).toEqual({
      inputIds: [102],
      labels: [0],
    });
  });

  it("names a tag without a class", () => {
    expect(() => tokenClassificationExample(SENTENCE, { encodeWord, tagNames: ["O"] })).toThrow(
      'tokenClassificationExample: tags[1]: expected one of O, got "B-LOC"',
    );
  });
});

describe("tagNamesOf", () => {
  it("lists the tags of a data set, O first", () => {
    expect(tagNamesOf([{ tags: ["I-a", "B-b"] }, SENTENCE])).toEqual(["O", "B-LOC", "B-b", "I-a"]);
  });
});
