import { mixingProbabilities, mixingRate, mixingRates, resolveMixture } from "@t5ts/datasets";
import { expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

// Where a case states no tolerance, rates are compared to the last few digits that it prints.
const PRINTED = 1e-9;

runVectors("mixing.json", {
  // A rate that is computed is a number before it comes here.
  callable_rate: ({ rate, expected }) => {
    expect(resolveMixture({ mixture: [["task", rate]] }, "mixture")).toEqual({ task: expected });
  },
  mixing_rate_num_examples: (c) => {
    // A task that isn't cached has no count of its examples after preprocessing; that of its records stands in.
    const numExamples = c.cached === false ? c.num_input_examples : (c.num_examples ?? c.num_input_examples);
    expectClose(mixingRate(numExamples, options(c)), c.expected, c.tolerance ?? PRINTED);
  },
  mixing_rate_num_characters: (c) => {
    expectClose(mixingRate(c.num_characters, options(c)), c.expected, c.tolerance ?? PRINTED);
  },
  mixture_probabilities: (c) => {
    const probabilities = mixingProbabilities(mixingRates(c.num_examples, options(c)));
    expectClose(probabilities, c.expected, c.tolerance ?? PRINTED);
    expect(Object.keys(probabilities).sort()).toEqual(Object.keys(c.expected).sort());
  },
  mixture_of_mixtures_rates: (c) => {
    if (c.expected === "error") {
      expect(() => resolveMixture(c.mixtures, c.of)).toThrow();
      return;
    }
    const rates = resolveMixture(c.mixtures, c.of);
    expectClose(rates, c.expected, c.tolerance ?? PRINTED);
    expect(Object.keys(rates).sort()).toEqual(Object.keys(c.expected).sort());
  },
});

function options(c: VectorCase): { scale?: number; maximum?: number; temperature?: number } {
  return {
    ...(c.scale != null && { scale: c.scale }),
    ...(c.maximum != null && { maximum: c.maximum }),
    ...(c.temperature != null && { temperature: c.temperature }),
  };
}
