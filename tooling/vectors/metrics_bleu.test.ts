import { BLEU_TOKENIZERS, type BleuOptions, bleuFromCounts, corpusBleu, sentenceBleu } from "@t5ts/metrics";
import { expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

const TOLERANCE = 1e-6;

/** Options by sacrebleu's names; `null` stands for the default there. */
function optionsOf(testCase: VectorCase): BleuOptions {
  const options = {
    tokenizer: testCase.tokenize,
    smoothing: testCase.smooth_method,
    smoothingValue: testCase.smooth_value ?? undefined,
    maxOrder: testCase.max_ngram_order,
    effectiveOrder: testCase.use_effective_order,
    lowercase: testCase.lowercase,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Streams of references, of which one may lack some, to a list for each hypothesis. */
function byHypothesis(streams: (string | null)[][]): string[][] {
  return streams[0]!.map((_, i) => streams.flatMap((stream) => stream[i] ?? []));
}

function compareCorpus(testCase: VectorCase): void {
  const score = corpusBleu(testCase.hypotheses, byHypothesis(testCase.references_by_stream), optionsOf(testCase));
  const expected = {
    score: testCase.expected,
    precisions: testCase.precisions,
    brevityPenalty: testCase.brevity_penalty,
    predictionLength: testCase.system_length,
    referenceLength: testCase.reference_length,
  };
  for (const [name, value] of Object.entries(expected)) {
    if (value !== undefined) {
      expectClose(score[name as keyof typeof expected], value, testCase.tolerance ?? TOLERANCE, name);
    }
  }
}

runVectors("metrics_bleu.json", {
  corpus_bleu: compareCorpus,
  raw_corpus_bleu: compareCorpus,
  sentence_bleu: (testCase) => {
    const { score } = sentenceBleu(testCase.hypothesis, testCase.references, optionsOf(testCase));
    expectClose(score, testCase.expected, testCase.tolerance ?? TOLERANCE);
  },
  bleu_statistics: (testCase) => {
    const references = byHypothesis(testCase.references_by_stream);
    const { matches, totals } = corpusBleu(testCase.hypotheses, references, optionsOf(testCase));
    expect({ matches, totals }).toEqual({ matches: testCase.common, totals: testCase.total });
  },
  // The options that T5's metric of that name sets.
  t5_bleu: ({ predictions, targets, expected, tolerance = TOLERANCE }) => {
    const references = (targets as (string | string[])[]).map((target) => [target].flat());
    const { score } = corpusBleu(predictions, references, { tokenizer: "intl" });
    expectClose(score, expected, tolerance);
  },
  bleu_from_statistics: (testCase) => {
    const counts = {
      matches: testCase.common,
      totals: testCase.total,
      predictionLength: testCase.system_length,
      referenceLength: testCase.reference_length,
    };
    const { score } = bleuFromCounts(counts, { smoothing: "none", ...optionsOf(testCase) });
    expectClose(score, testCase.expected, testCase.tolerance ?? TOLERANCE);
  },
  bleu_tokenize: (testCase) => {
    const names = Object.keys(testCase).filter((name) => name.startsWith("tok_"));
    expect(names).not.toEqual([]);
    for (const name of names) {
      const tokenize = BLEU_TOKENIZERS[name.slice("tok_".length) as keyof typeof BLEU_TOKENIZERS];
      expect(tokenize(testCase.text), name).toBe(testCase[name]);
    }
  },
});
