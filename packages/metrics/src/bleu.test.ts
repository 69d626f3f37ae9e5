import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bleuSignature, corpusBleu, sentenceBleu } from "./bleu.js";
import type { BleuTokenizer } from "./bleu-tokenizers.js";

const PREDICTIONS = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];
const REFERENCES = [
  ["The dog bit the man.", "The dog had bit the man."],
  ["It was not unexpected.", "No one was surprised."],
  ["The man bit him first.", "The man had bitten the dog."],
];

describe("corpusBleu", () => {
  it("gives sacrebleu's number for the example of its README, with the signature", () => {
    const { score, signature } = corpusBleu(PREDICTIONS, REFERENCES);
    expect(score).toBeCloseTo(48.530827, 6);
    expect(signature).toBe("nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:t5ts");
  });

  it("multiplies the mean of precisions by the brevity penalty", () => {
    // a b c d in a b c d e: precisions 1; four tokens for five.
    const { score, precisions, brevityPenalty } = corpusBleu(["a b c d"], [["a b c d e"]]);
    expect(precisions).toEqual([100, 100, 100, 100]);
    expect(brevityPenalty).toBeCloseTo(Math.exp(-1 / 4), 15);
    expect(score).toBeCloseTo(100 * Math.exp(-1 / 4), 10);
  });

  it("clips an n-gram at the most times that one reference has it", () => {
    // Papineni's example: the ×7 against two references with the ×2 and ×1.
    const { matches, totals } = corpusBleu(
      ["the the the the the the the"],
      [["the cat is on the mat", "there is a cat on the mat"]],
    );
    expect([matches[0], totals[0]]).toEqual([2, 7]);
  });

  it("takes the length of the closest reference, the shorter of two as close", () => {
    expect(corpusBleu(["a b c"], [["a b c d", "a b", "a b c d e"]]).referenceLength).toBe(2);
  });

  it("is 100 for texts of four tokens against themselves", () => {
    const texts = fc.array(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(texts, (lists) => {
        const lines = lists.map((list) => list.join(" "));
        expect(
          corpusBleu(
            lines,
            lines.map((line) => [line]),
          ).score,
        ).toBeCloseTo(100, 9);
      }),
    );
  });

  it("isn't the mean over sentences, and doesn't depend on their order", () => {
    const forwards = corpusBleu(PREDICTIONS, REFERENCES).score;
    expect(corpusBleu([...PREDICTIONS].reverse(), [...REFERENCES].reverse()).score).toBeCloseTo(forwards, 12);
    const mean = PREDICTIONS.reduce((sum, text, i) => sum + sentenceBleu(text, REFERENCES[i]!).score / 3, 0);
    expect(Math.abs(mean - forwards)).toBeGreaterThan(0.1);
  });

  it("ignores case if asked to", () => {
    expect(corpusBleu(["A B C D"], [["a b c d"]]).score).toBe(0);
    expect(corpusBleu(["A B C D"], [["a b c d"]], { lowercase: true }).score).toBeCloseTo(100, 9);
  });

  it("names what it can't do", () => {
    expect(() => corpusBleu([], [])).toThrow("corpusBleu: expected at least one prediction, got none");
    expect(() => corpusBleu(["a"], [["a"]], { tokenizer: "toString" as BleuTokenizer })).toThrow(
      'corpusBleu: tokenizer: expected one of 13a, intl, char, zh, none, got "toString"',
    );
    expect(() => corpusBleu(["a"], [["a"]], { maxOrder: 0 })).toThrow("maxOrder: expected an integer from 1, got 0");
  });
});

describe("sentenceBleu", () => {
  it("leaves out orders longer than the text", () => {
    expect(sentenceBleu("a", ["a"]).score).toBeCloseTo(100, 9);
    expect(sentenceBleu("a", ["a"], { effectiveOrder: false }).score).toBe(0);
  });
});

describe("bleuSignature", () => {
  it("shows every setting that changes the score", () => {
    const options = {
      tokenizer: "intl",
      smoothing: "add-k",
      lowercase: true,
      maxOrder: 2,
      effectiveOrder: true,
    } as const;
    expect(bleuSignature([["a"], ["a", "b"]], options)).toBe(
      "nrefs:var|case:lc|eff:yes|tok:intl|smooth:add-k[1.00]|order:2|version:t5ts",
    );
  });
});
