import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { aucRoc, averagePrecision } from "./area-under-curve.js";
import { type BleuOptions, corpusBleu } from "./bleu.js";
import { type ChrfOptions, corpusChrf } from "./chrf.js";
import { meanMulticlassF1 } from "./class-f1.js";
import { pearsonCorrelation, spearmanCorrelation } from "./correlation.js";
import { matthewsCorrelation } from "./matthews-correlation.js";
import { porterStem, porterStem1980 } from "./porter-stemmer.js";
import { corpusTer } from "./ter.js";
import type { TerTokenizerOptions } from "./ter-tokenizer.js";

type Golden = {
  sacrebleu: string;
  translations: {
    predictions: string[];
    references: string[][];
    bleu: { options: BleuOptions; score: number; precisions: number[]; brevityPenalty: number; signature: string };
    chrf: { options: ChrfOptions; score: number; name: string; signature: string };
    ter: { options: TerTokenizerOptions; score: number; edits: number; signature: string };
  }[];
  longTer: { prediction: string; reference: string; edits: number }[];
  stems: [word: string, nltk: string, published: string][];
  classifications: {
    classes: number;
    targets: number[];
    predictions: number[];
    scores: number[];
    weights: number[];
    matthews: number;
    macroF1: number;
    aucRoc: number;
    averagePrecision: number;
    pearson: number;
    spearman: number;
  }[];
};

/** Made by `fixtures/make-golden.py` with the reference implementations. */
const golden: Golden = JSON.parse(readFileSync(new URL("../fixtures/golden.json", import.meta.url), "utf8"));
const ours = (signature: string): string => signature.replace(`version:${golden.sacrebleu}`, "version:t5ts");
const DIGITS = 9; // sums are taken in another order than there

describe("sacrebleu", () => {
  it("gives the same BLEU for every tokenizer, smoothing and order, with the same signature", () => {
    for (const { predictions, references, bleu } of golden.translations) {
      const { score, precisions, brevityPenalty, signature } = corpusBleu(predictions, references, bleu.options);
      expect(score).toBeCloseTo(bleu.score, DIGITS);
      expect(brevityPenalty).toBeCloseTo(bleu.brevityPenalty, DIGITS);
      for (const [i, precision] of precisions.entries()) expect(precision).toBeCloseTo(bleu.precisions[i]!, DIGITS);
      expect(signature.replace(/\|order:\d+/, "")).toBe(ours(bleu.signature));
    }
  });

  it("gives the same chrF, chrF+ and chrF++, with the same signature", () => {
    for (const { predictions, references, chrf } of golden.translations) {
      const { score, name, signature } = corpusChrf(predictions, references, chrf.options);
      expect(score).toBeCloseTo(chrf.score, DIGITS);
      expect([name, signature]).toEqual([chrf.name, ours(chrf.signature)]);
    }
  });

  it("gives the same TER for every tokenization, with the same signature", () => {
    for (const { predictions, references, ter } of golden.translations) {
      const { score, edits, signature } = corpusTer(predictions, references, ter.options);
      expect(score).toBeCloseTo(ter.score, DIGITS);
      expect([edits, signature]).toEqual([ter.edits, ours(ter.signature)]);
    }
  });

  it("counts the same edits in long texts with moved runs, up to the limits of the search", () => {
    for (const { prediction, reference, edits } of golden.longTer) {
      expect(corpusTer([prediction], [[reference]]).edits).toBe(edits);
    }
  });
});

describe("NLTK", () => {
  it("gives the same Porter stems, in its own flavour and in the published one", () => {
    expect(golden.stems.map(([word]) => [word, porterStem(word), porterStem1980(word)])).toEqual(golden.stems);
  });
});

describe("scikit-learn and SciPy", () => {
  it("give the same correlations, F1 and areas", () => {
    for (const { classes, targets, predictions, scores, weights, ...expected } of golden.classifications) {
      const labels = targets.map((target) => target > 0);
      const names = Array.from({ length: classes }, (_, i) => i);
      const actual = {
        matthews: matthewsCorrelation(predictions, targets),
        macroF1: meanMulticlassF1(predictions, targets, names),
        aucRoc: aucRoc(scores, labels, weights),
        averagePrecision: averagePrecision(scores, labels, weights),
        pearson: pearsonCorrelation(scores, targets),
        spearman: spearmanCorrelation(scores, targets),
      };
      for (const [name, value] of Object.entries(actual)) {
        expect(value, name).toBeCloseTo(expected[name as keyof typeof actual], DIGITS);
      }
    }
  });
});
