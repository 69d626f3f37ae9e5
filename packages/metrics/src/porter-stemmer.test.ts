import { describe, expect, it } from "vitest";
import { porterStem, porterStem1980 } from "./porter-stemmer.js";

/** Examples of the paper, each through all steps. */
const PAPER =
  "caresses caress, ponies poni, cats cat, feed feed, plastered plaster, bled bled, motoring motor, sing sing, " +
  "conflated conflat, troubled troubl, sized size, hopping hop, tanned tan, falling fall, hissing hiss, fizzed fizz, " +
  "failing fail, filing file, happy happi, sky sky, relational relat, conditional condit, rational ration, " +
  "vietnamization vietnam, hopefulness hope, formaliti formal, triplicate triplic, electrical electr, goodness good, " +
  "revival reviv, adjustable adjust, replacement replac, adoption adopt, homologous homolog, bowdlerize bowdler, " +
  "probate probat, rate rate, cease ceas, controll control, roll roll, generalizations gener, oscillators oscil";

describe("porterStem1980", () => {
  it("stems the paper's examples", () => {
    for (const pair of PAPER.split(", ")) {
      const [word, stem] = pair.split(" ") as [string, string];
      expect(porterStem1980(word), word).toBe(stem);
    }
  });

  it("stems short words too", () => {
    expect(["ties", "us", "is", "s", ""].map(porterStem1980)).toEqual(["ti", "u", "i", "", ""]);
  });
});

describe("porterStem", () => {
  it("agrees with the paper on its examples", () => {
    for (const pair of PAPER.split(", ")) {
      const [word, stem] = pair.split(" ") as [string, string];
      expect(porterStem(word), word).toBe(stem);
    }
  });

  it("departs from the paper where NLTK does", () => {
    const words = "ties died us dying news proceed enjoy spy geology practically cheerfully possibly owing".split(" ");
    expect(words.map(porterStem).join(" ")).toBe(
      "tie die us die news proceed enjoy spi geolog practic cheer possibl owe",
    );
    expect(words.map(porterStem1980).join(" ")).toBe(
      "ti di u dy new proce enjoi spy geologi practic cheerfulli possibli ow",
    );
  });

  it("lowers a word first, irregular or not", () => {
    expect([porterStem("Skies"), porterStem("RUNNING"), porterStem1980("RUNNING")]).toEqual(["sky", "run", "run"]);
  });

  it("takes letters beyond ASCII and digits for consonants", () => {
    expect([porterStem("naïveness"), porterStem("2019s"), porterStem("x1ing")]).toEqual(["naïv", "2019", "x1ing"]);
  });
});
