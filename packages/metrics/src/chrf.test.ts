import { describe, expect, it } from "vitest";
import { corpusChrf, sentenceChrf } from "./chrf.js";

describe("corpusChrf", () => {
  it("combines the mean precision and the mean recall of character n-grams", () => {
    // ab against abc. Orders 1, 2: precision 1, 1, recall 2/3, 1/2; order 3: the prediction has none, left out.
    const recall = (2 / 3 + 1 / 2) / 2;
    const { score } = corpusChrf(["ab"], [["abc"]]);
    expect(score).toBeCloseTo((100 * 5 * recall) / (4 + recall), 12);
  });

  it("counts missing orders against the text with epsilon smoothing, as NLTK does", () => {
    // sacrebleu's own tests.
    expect(corpusChrf(["a"], [["a"]], { epsSmoothing: true }).score).toBeCloseTo(100 / 6, 9);
    expect(corpusChrf(["a b c"], [["abc"]], { epsSmoothing: true }).score).toBeCloseTo(50, 9);
  });

  it("counts n-grams of words too, in chrF+ and chrF++", () => {
    // The characters are the same, the words aren't: five orders of characters at 1, words at 0, second order absent.
    const { score, name } = corpusChrf(["abcde"], [["ab cde"]], { wordOrder: 2 });
    expect(name).toBe("chrF2++");
    // The prediction has one word, the reference two: order 1 has no match, order 2 none of the prediction's.
    expect(score).toBeCloseTo((100 * 5) / 6, 9);
  });

  it("divides a punctuation mark from a word, at its end or else at its beginning", () => {
    const words = { charOrder: 1, wordOrder: 1, beta: 1 };
    expect(corpusChrf(["hi)"], [["hi )"]], words).score).toBeCloseTo(100, 9);
    expect(corpusChrf(["(hi"], [["( hi"]], words).score).toBeCloseTo(100, 9);
    // “(hi” and “)” against “(”, “hi” and “)”: precision ½, recall ⅓, each averaged with 1 for the characters.
    expect(corpusChrf(["(hi)"], [["( hi )"]], words).score).toBeCloseTo((100 * 2 * 0.75 * (2 / 3)) / (0.75 + 2 / 3), 9);
  });

  it("sums counts over the set, each with the reference that is best for it", () => {
    const { score } = corpusChrf(["ab", "x"], [["cd", "ab"], ["y"]]);
    // One order of characters: 2 of 3 right on both sides. The other order: 1 of 1.
    expect(score).toBeCloseTo((100 * (2 / 3 + 1)) / 2, 9);
  });

  it("ignores white space and minds case, unless told otherwise", () => {
    expect(corpusChrf(["a b"], [["ab"]]).score).toBeCloseTo(100, 9);
    expect(corpusChrf(["a b"], [["ab"]], { whitespace: true }).score).toBeLessThan(100);
    expect(corpusChrf(["AB"], [["ab"]]).score).toBe(0);
    expect(corpusChrf(["AB"], [["ab"]], { lowercase: true }).score).toBeCloseTo(100, 9);
  });

  it("signs the score", () => {
    expect(corpusChrf(["a"], [["a"]], { wordOrder: 2, beta: 3 })).toMatchObject({
      name: "chrF3++",
      signature: "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:t5ts",
    });
  });

  it("names what it can't do", () => {
    expect(() => corpusChrf([], [])).toThrow("corpusChrf: expected at least one prediction, got none");
    expect(() => corpusChrf(["a"], [["a"]], { charOrder: 0 })).toThrow("charOrder: expected an integer from 1, got 0");
    expect(() => corpusChrf(["a"], [["a"]], { wordOrder: -1 })).toThrow(
      "wordOrder: expected an integer from 0, got -1",
    );
    expect(() => corpusChrf(["a"], [["a"]], { beta: 0 })).toThrow("beta: expected a number above 0, got 0");
  });
});

describe("sentenceChrf", () => {
  it("gives sacrebleu's number", () => {
    const prediction = "Co nás nejvíc trápí, protože lékaři si vybírají, kdo bude žít a kdo zemře.";
    const reference = "Nejvíce smutní jsme z toho, že musíme rozhodovat o tom, kdo bude žít a kdo zemře.";
    expect(sentenceChrf(prediction, [reference], { epsSmoothing: true }).score).toBeCloseTo(39.14078509, 7);
  });
});
