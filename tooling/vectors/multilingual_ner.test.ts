import { mlqa, textSpanF1 } from "@t5ts/metrics";
import { expectClose, runVectors } from "./run-vectors.js";

runVectors(
  "multilingual_ner.json",
  {
    mlqa: (testCase) => {
      const scores = mlqa(testCase.predictions, testCase.targets, testCase.lang);
      expectClose(scores, testCase.expected, testCase.tolerance ?? 1e-6);
    },
    span_f1_text: (testCase) => {
      // The reference adds 1e-13 to its denominators, we don't: 1 is 1 and not 0.9999999999999.
      expectClose(textSpanF1(testCase.predictions, testCase.targets).f1, testCase.f1, testCase.tolerance ?? 1e-9);
    },
  },
  { notCovered: { process_mnli: "datasets", process_xnli: "datasets", mixture_probabilities: "datasets" } },
);
