import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanUpSpaces, cleanUpStream } from "./clean-up-spaces.js";

describe("cleanUpSpaces", () => {
  it("takes away spaces before signs and contractions", () => {
    expect(cleanUpSpaces("Hey</s> . I do n't , and it 's ' fine ' !")).toBe("Hey</s>. I don't, and it's'fine '!");
  });
});

describe("cleanUpStream", () => {
  const parts = fc.constantFrom(
    " ",
    "  ",
    "'",
    ".",
    ",",
    "n",
    "n't",
    "t",
    "s",
    "'s",
    "m",
    "ve",
    "re",
    "'re",
    "word",
    "?",
    "!",
  );

  it("gives the same text in parts as at once", () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 24 }), (texts) => {
        const stream = cleanUpStream({ push: (id) => texts[id]!, end: () => "" });
        let text = "";
        for (const i of texts.keys()) text += stream.push(i);
        expect(text + stream.end()).toBe(cleanUpSpaces(texts.join("")));
      }),
      { numRuns: 5000 },
    );
  });

  it("holds back nothing of a word", () => {
    const texts = ["The", " quick", " fox", ".", " Hello"];
    const stream = cleanUpStream({ push: (id) => texts[id]!, end: () => "" });
    expect([...texts.keys()].map((i) => stream.push(i))).toEqual(["The", " quick", " fox", ".", " Hello"]);
  });
});
