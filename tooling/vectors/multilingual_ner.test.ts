import { entityExample, formatEntities, mixingProbabilities, mixingRates, parseEntities, xnli } from "@t5ts/datasets";
import { mlqa, textSpanF1 } from "@t5ts/metrics";
import { expect } from "vitest";
import { expectClose, runVectors } from "./run-vectors.js";

runVectors("multilingual_ner.json", {
  mlqa: (testCase) => {
    const scores = mlqa(testCase.predictions, testCase.targets, testCase.lang);
    expectClose(scores, testCase.expected, testCase.tolerance ?? 1e-6);
  },
  span_f1_text: (testCase) => {
    // The reference adds 1e-13 to its denominators, we don't: 1 is 1 and not 0.9999999999999.
    expectClose(textSpanF1(testCase.predictions, testCase.targets).f1, testCase.f1, testCase.tolerance ?? 1e-9);
  },
  wikiann_ner: ({ tokens, tags, spans, inputs, targets }) => {
    expect(entityExample({ words: tokens, tags })).toEqual({ inputs, targets });
    expect(parseEntities(targets).map((entity) => formatEntities([entity]))).toEqual(spans);
  },
  process_mnli: (c) => expect(xnli(c.example)).toEqual({ inputs: c.inputs, targets: c.targets }),
  process_xnli: ({ premise, hypothesis, label, target_languages, expected }) => {
    const examples = target_languages.map((language: string) =>
      xnli({ premise: premise[language], hypothesis: hypothesis[language], label }),
    );
    expect(examples).toEqual(expected);
  },
  mixture_probabilities: ({ num_examples, temperature, maximum, expected, tolerance }) => {
    const options = { temperature, ...(maximum === null ? {} : { maximum }) };
    expectClose(mixingProbabilities(mixingRates(num_examples, options)), expected, tolerance ?? 1e-9);
  },
});
