import {
  characterErrorRate,
  countEdits,
  spanF1,
  sumOfEdits,
  tagSpans,
  wordEditDistance,
  wordErrorRate,
} from "@t5ts/metrics";
import { expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

const TOLERANCE = 1e-9;

/** Spans as the cases write them, the last tag included, in the order of their names. */
function spansOf(tags: string[]): [string, number, number][] {
  const spans = tagSpans(tags).map(({ type, start, end }): [string, number, number] => [type, start, end - 1]);
  return spans.sort(([a, i], [b, j]) => (a === b ? i - j : a < b ? -1 : 1));
}

function compareScores(actual: ReturnType<typeof spanF1>, testCase: VectorCase): void {
  for (const name of ["precision", "recall", "f1"] as const) {
    expectClose(actual[name], testCase[name], testCase.tolerance ?? TOLERANCE, name);
  }
}

runVectors("metrics_wer_span.json", {
  wer: ({ hypothesis, reference, tolerance = TOLERANCE, ...expected }) => {
    const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
    expect(sumOfEdits(countEdits(words(hypothesis), words(reference)))).toBe(expected.word_edits);
    expect(sumOfEdits(countEdits([...hypothesis], [...reference]))).toBe(expected.char_edits);
    // The rate of an empty reference isn't a number; we refuse it, and the cases don't compare it.
    if (typeof expected.wer === "number") {
      const { rate, edits, length } = wordErrorRate([hypothesis], [reference]);
      expect([edits, length]).toEqual([expected.word_edits, expected.reference_words]);
      expectClose(rate, expected.wer, tolerance, "wer");
    }
    if (typeof expected.cer === "number") {
      const { rate, edits, length } = characterErrorRate([hypothesis], [reference]);
      expect([edits, length]).toEqual([expected.char_edits, expected.reference_chars]);
      expectClose(rate, expected.cer, tolerance, "cer");
    }
  },
  wer_corpus: ({ hypotheses, references, wer, cer, tolerance = TOLERANCE }) => {
    expectClose(wordErrorRate(hypotheses, references).rate, wer, tolerance, "wer");
    expectClose(characterErrorRate(hypotheses, references).rate, cer, tolerance, "cer");
  },
  edit_distance: ({ predictions, targets, lower = true, expected }) => {
    expect(wordEditDistance(predictions, targets, { lower }).sum).toBe(expected);
  },
  span_f1: (testCase) => {
    expect(spansOf(testCase.target), "target_spans").toEqual(testCase.target_spans);
    expect(spansOf(testCase.prediction), "predicted_spans").toEqual(testCase.predicted_spans);
    compareScores(spanF1([testCase.prediction], [testCase.target]), testCase);
  },
  span_f1_corpus: (testCase) => {
    const score = spanF1(testCase.predictions, testCase.targets);
    expect([score.truePositive, score.predicted, score.target]).toEqual([
      testCase.true_positive,
      testCase.predicted,
      testCase.target,
    ]);
    compareScores(score, testCase);
  },
});
