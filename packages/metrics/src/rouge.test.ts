import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { porterStem } from "./porter-stemmer.js";
import { meanRouge, rouge, rougeTokenize } from "./rouge.js";

const words = fc.array(fc.constantFrom("a", "b", "c", "d", "\n"), { maxLength: 9 }).map((list) => list.join(" "));

describe("rougeTokenize", () => {
  it("lowers, and divides at everything but ASCII letters and digits", () => {
    expect(rougeTokenize("It's Über-cool\nin 2019!")).toEqual(["it", "s", "ber", "cool", "in", "2019"]);
  });

  it("stems words of more than three letters", () => {
    expect(rougeTokenize("flies was running dies", porterStem)).toEqual(["fli", "was", "run", "die"]);
    expect(rougeTokenize("its news", (word) => word.toUpperCase())).toEqual(["its", "NEWS"]);
  });
});

describe("rouge", () => {
  it("counts n-grams as often as both sides have them", () => {
    // Unigrams in common: the ×2, cat. Bigrams: the cat.
    const { rouge1, rouge2 } = rouge("the the cat the", ["the cat on the mat"]);
    expect(rouge1).toEqual({ precision: 3 / 4, recall: 3 / 5, fmeasure: expect.closeTo(2 / 3, 15) });
    expect(rouge2).toEqual({ precision: 1 / 3, recall: 1 / 4, fmeasure: expect.closeTo(2 / 7, 15) });
  });

  it("finds the longest common subsequence across gaps", () => {
    expect(rouge("police kill the gunman", ["police killed the gunman"]).rougeL!.recall).toBe(3 / 4);
    expect(rouge("the gunman kill police", ["police killed the gunman"]).rougeL!.recall).toBe(2 / 4);
  });

  it("joins the subsequences of a line with all predicted lines, in Lsum", () => {
    // Lin's example: w1 w2 of the first line and w1 w3 w5 of the second make four of five words.
    const { rougeLsum, rougeL } = rouge("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", ["w1 w2 w3 w4 w5"]);
    expect(rougeLsum).toEqual({ precision: 4 / 10, recall: 4 / 5, fmeasure: expect.closeTo(8 / 15, 15) });
    // As one text: w1 w2 w3 w5.
    expect(rougeL!.recall).toBe(4 / 5);
  });

  it("counts a predicted word once in Lsum, though several reference lines find it", () => {
    expect(rouge("a", ["a\na\na"], { types: ["rougeLsum"] }).rougeLsum).toEqual({
      precision: 1,
      recall: 1 / 3,
      fmeasure: 0.5,
    });
  });

  it("reads one subsequence of several off the table from its end, as the reference does", () => {
    // In “b a” either word is a longest subsequence of “a b”; it is a, which “a” finds again.
    expect(rouge("b a\na", ["a b"], { types: ["rougeLsum"] }).rougeLsum).toMatchObject({
      precision: 1 / 3,
      recall: 1 / 2,
    });
  });

  it("takes for each type the reference with the highest F-measure", () => {
    const one = rouge("a b c", ["c b a"]);
    const other = rouge("a b c", ["a b x y"]);
    const both = rouge("a b c", ["c b a", "a b x y"]);
    expect([both.rouge1, both.rouge2]).toEqual([one.rouge1, other.rouge2]);
  });

  it("matches stems if given a stemmer", () => {
    const options = { types: ["rouge1"], stem: porterStem };
    expect(rouge("running dogs", ["the dog runs daily"], options).rouge1!.recall).toBe(2 / 4); // run and dog
    expect(rouge("running dogs", ["the dog runs daily"], { types: ["rouge1"] }).rouge1!.recall).toBe(0);
  });

  it("turns precision into recall when prediction and reference change places", () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        for (const type of ["rouge1", "rouge2", "rougeL"]) {
          const there = rouge(a, [b], { types: [type] })[type]!;
          const back = rouge(b, [a], { types: [type] })[type]!;
          expect([there.precision, there.recall, there.fmeasure]).toEqual([
            back.recall,
            back.precision,
            expect.closeTo(back.fmeasure, 12),
          ]);
        }
      }),
    );
  });

  it("gives a text without words 0, and a text against itself 1", () => {
    for (const score of Object.values(rouge("/ é", ["w"])))
      expect(score).toEqual({ precision: 0, recall: 0, fmeasure: 0 });
    for (const score of Object.values(rouge("a b\nc", ["a b\nc"]))) expect(score.fmeasure).toBe(1);
  });

  it("names types that don't exist, and refuses no references", () => {
    for (const type of ["rouge0", "rouge10", "rougeW"]) {
      expect(() => rouge("a", ["a"], { types: [type] })).toThrow(
        `rouge: types: expected rouge1 to rouge9, rougeL or rougeLsum, got "${type}"`,
      );
    }
    expect(() => rouge("a", [])).toThrow("rouge: references: expected at least one, got none");
  });
});

describe("meanRouge", () => {
  it("is the mean F-measure of a hundred", () => {
    expect(meanRouge(["a b", "x"], [["a b"], ["y"]], { types: ["rouge1", "rougeL"] })).toEqual({
      rouge1: 50,
      rougeL: 50,
    });
  });

  it("ends lines after full stops between spaces, for Lsum", () => {
    const [prediction, reference] = ["b c . a . d", "a . b c . d"];
    expect(meanRouge([prediction], [[reference]]).rougeLsum).toBe(100);
    expect(rouge(prediction, [reference]).rougeLsum!.fmeasure).toBe(0.75);
  });

  it("refuses an empty set", () => {
    expect(() => meanRouge([], [])).toThrow("meanRouge: expected at least one prediction, got none");
  });
});

describe("rouge of other scripts", () => {
  const texts = {
    russian: "Кошка сидела на коврике",
    chinese: "猫坐在2个垫子上",
    hindi: "बिल्ली चटाई पर बैठी",
    arabic: "جلست القطة على السجادة",
  };

  it.each(Object.entries(texts))("is an error without a tokenizer, and 1 against itself with one: %s", (_, text) => {
    expect(() => rouge(text, [text])).toThrow(/^rouge: expected a text in a to z and 0 to 9/);
    expect(() => rouge("a cat", ["a cat", text])).toThrow(JSON.stringify(text));
    expect(rouge(text, ["a cat"]).rouge1?.fmeasure).toBe(0);
    for (const tokenizer of ["unicode", "zh", (line: string) => line.split(" ")] as const) {
      expect(rouge(text, [text], { tokenizer }).rougeL?.fmeasure).toBe(1);
    }
  });

  it.each(["он в 2019", "他2019年来了", "٢٠١٩ year"])(
    "isn't that of the numbers or words that are left: %s",
    (text) => {
      expect(() => rouge("2019 year", [text])).toThrow(JSON.stringify(text));
    },
  );

  it("compares Chinese by its characters, and what stands between them by words", () => {
    const { rouge1 } = rouge("我爱 New York 城", ["我爱 New 城"], { tokenizer: "zh" });
    expect(rouge1).toMatchObject({ precision: 4 / 5, recall: 1 });
  });

  it("takes English with a few other letters as the paper's program does, and no text", () => {
    expect(rouge("a café", ["a caf"]).rouge1?.fmeasure).toBe(1);
    expect(rouge("", ["…"]).rouge1?.fmeasure).toBe(0);
  });

  it("names a tokenizer that doesn't exist", () => {
    expect(() => rouge("a", ["a"], { tokenizer: "latin" as "zh" })).toThrow(
      'rouge: tokenizer: expected unicode, zh or a function, got "latin"',
    );
  });
});
