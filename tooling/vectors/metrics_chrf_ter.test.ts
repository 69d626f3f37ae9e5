import { type ChrfOptions, corpusChrf, corpusTer, sentenceChrf, sentenceTer } from "@t5ts/metrics";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

/** Options by sacrebleu's names. */
function chrfOptions(testCase: VectorCase): ChrfOptions {
  const options = {
    charOrder: testCase.char_order,
    wordOrder: testCase.word_order,
    beta: testCase.beta,
    lowercase: testCase.lowercase,
    whitespace: testCase.remove_whitespace === undefined ? undefined : !testCase.remove_whitespace,
    epsSmoothing: testCase.eps_smoothing,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function terOptions(testCase: VectorCase): Parameters<typeof corpusTer>[2] {
  return {
    normalized: testCase.normalized,
    removePunctuation: testCase.no_punct,
    asian: testCase.asian_support,
    caseSensitive: testCase.case_sensitive,
  };
}

/** One reference for each hypothesis, or a list. */
function referenceLists(references: (string | string[])[]): string[][] {
  return references.map((reference) => (typeof reference === "string" ? [reference] : reference));
}

runVectors("metrics_chrf_ter.json", {
  corpus_chrf: (testCase) => {
    const { score } = corpusChrf(testCase.hypotheses, referenceLists(testCase.references), chrfOptions(testCase));
    expectClose(score, testCase.expected, testCase.tolerance ?? 1e-4);
  },
  sentence_chrf: (testCase) => {
    const { score } = sentenceChrf(testCase.hypothesis, testCase.references, chrfOptions(testCase));
    expectClose(score, testCase.expected, testCase.tolerance ?? 1e-4);
  },
  corpus_ter: (testCase) => {
    const { score } = corpusTer(testCase.hypotheses, referenceLists(testCase.references), terOptions(testCase));
    expectClose(score, testCase.expected, testCase.tolerance ?? 1e-3);
  },
  sentence_ter: (testCase) => {
    const { score } = sentenceTer(testCase.hypothesis, testCase.references, terOptions(testCase));
    expectClose(score, testCase.expected, testCase.tolerance ?? 1e-3);
  },
});
