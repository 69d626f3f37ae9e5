import type { Rng } from "@t5ts/random";
import type { TextExample } from "../text-example.js";

/**
 * Sentences of a document in a random order, numbered; the target is the order that puts them right.
 *
 * order: 1: Then he slept. 2: He came home. → 2 1
 *
 * After sentence permutation (Lewis et al. 2020, section 2.2), with the order instead of the text as the target.
 */
export function sentenceOrderExample(sentences: readonly string[], rng: Rng): TextExample {
  const shuffled = rng.shuffle([...sentences.keys()]);
  return {
    inputs: `order: ${shuffled.map((place, i) => `${i + 1}: ${sentences[place]}`).join(" ")}`,
    targets: [...sentences.keys()].map((place) => shuffled.indexOf(place) + 1).join(" "),
  };
}

/** Two neighbours in their order (`inOrder`, label 1) or exchanged (0), each with probability one half. */
export type OrderedPair = { first: string; second: string; inOrder: boolean };

/** ALBERT's sentence-order prediction, the harder sister of next-sentence prediction. Lan et al. 2020, section 3.1. */
export function sentenceOrderPair(first: string, second: string, rng: Rng): OrderedPair {
  return rng.uniform() < 0.5 ? { first, second, inOrder: true } : { first: second, second: first, inOrder: false };
}
