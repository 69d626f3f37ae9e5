import { existsSync, readFileSync } from "node:fs";
import { bootstrap, meanRouge, porterStem, porterStem1980, rouge, rougeTokenize } from "@t5ts/metrics";
import { createRng } from "@t5ts/random";
import { expect } from "vitest";
import { expectClose, runVectors, VECTORS, type VectorCase } from "./run-vectors.js";

function stemOf(testCase: VectorCase): { stem?: (word: string) => string } {
  return testCase.stemmer ? { stem: porterStem } : {};
}

function wordsOf(numbers: number[]): string {
  return numbers.join(" ");
}

/** The lines of a text of T5's own tests, if it lies beside the vectors under its path or its name. */
function linesOf(path: string): string[] | undefined {
  const found = [`${VECTORS}/${path}`, `${VECTORS}/${path.split("/").at(-1)}`].find((place) => existsSync(place));
  return found === undefined ? undefined : readFileSync(found, "utf8").trimEnd().split("\n");
}

const hasTexts = linesOf("t5/evaluation/testdata/target_large.txt") !== undefined;

runVectors(
  "metrics_rouge.json",
  {
    rouge: (testCase) => {
      const options = { types: Object.keys(testCase.expected), ...stemOf(testCase) };
      const scores = rouge(testCase.prediction, [testCase.target], options);
      expectClose(scores, testCase.expected, testCase.tolerance ?? 1e-9);
    },
    rouge_types: (testCase) => {
      for (const type of testCase.invalid) {
        expect(() => rouge("testing", ["testing one two"], { types: [type] }), type).toThrow(`got "${type}"`);
      }
      for (const type of testCase.valid) {
        expect(Object.keys(rouge("testing", ["testing one two"], { types: [type] }))).toEqual([type]);
      }
    },
    rouge_tokenize: (testCase) => {
      for (const [text, expected] of testCase.cases_list) {
        expect(rougeTokenize(text, stemOf(testCase).stem), text).toEqual(expected);
      }
    },
    rouge_file: (testCase) => {
      const targets = linesOf(testCase.target_file)!.map((line) => [line]);
      const options = { types: Object.keys(testCase.expected), ...stemOf(testCase) };
      const scores = meanRouge(linesOf(testCase.prediction_file)!, targets, options);
      expect(targets.length).toBe(testCase.pairs);
      expectClose(scores, testCase.expected, testCase.tolerance ?? 0.002);
    },
    // Subsequences of numbers are those of words; how long one is stands in the score.
    lcs: (testCase) => {
      const score = rouge(wordsOf(testCase.candidate), [wordsOf(testCase.reference)], { types: ["rougeL"] }).rougeL!;
      expectClose(score.precision * testCase.candidate.length, testCase.length, 1e-9);
      expectClose(score.recall * testCase.reference.length, testCase.length, 1e-9);
      expect(testCase.reference_indices.length).toBe(testCase.length);
    },
    union_lcs: (testCase) => {
      const lines = (testCase.candidates as number[][]).map(wordsOf).join("\n");
      const score = rouge(lines, [wordsOf(testCase.reference)], { types: ["rougeLsum"] }).rougeLsum!;
      expectClose(score.recall * testCase.reference.length, testCase.expected.length, 1e-9);
    },
    summary_level_lcs: (testCase) => {
      const lines = (rows: number[][]): string => rows.map(wordsOf).join("\n");
      const types = ["rougeLsum"];
      const { rougeLsum } = rouge(lines(testCase.candidates), [lines(testCase.references)], { types });
      const { precision, recall, fmeasure, tolerance } = testCase;
      expectClose(rougeLsum, { precision, recall, fmeasure }, tolerance ?? 1e-9);
    },
    porter_stem: (testCase) => {
      const stems = testCase.stems ?? testCase.expected;
      expect(stems).toHaveLength(testCase.words.length);
      expect(testCase.words.map(porterStem)).toEqual(stems);
    },
    bootstrap: (testCase) => {
      const average = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
      for (const [place, measure] of ["precision", "recall", "fmeasure"].entries()) {
        const rng = createRng(0);
        const options = { confidence: testCase.confidence };
        const interval = bootstrap(testCase[measure] as number[], average, () => rng.uniform(), options);
        const expected = { low: testCase.low[place], mid: testCase.mid[place], high: testCase.high[place] };
        expectClose(interval, expected, testCase.tolerance ?? 1e-8, measure);
      }
    },
    porter_stem_variants: (testCase) => {
      expect(testCase.words.map(porterStem)).toEqual(testCase.nltk);
      expect(testCase.words.map(porterStem1980)).toEqual(testCase.original);
    },
  },
  { notCovered: hasTexts ? {} : { rouge_file: "the texts it names aren't among the vectors" } },
);
