import { trimSpace } from "./words.js";

/**
 * Whether a generated referent is the one of the Winograd schema: 1 or 0, or -1 if nothing was generated but
 * determiners, so that it equals no label.
 *
 * Case and determiners don't count, and one may be a part of the other: “the fuzzy bunny” is “bunny”. But “Bob” isn't
 * “Bob's hat”: either both have an apostrophe or neither.
 *
 * T5, `wsc_simple` in `t5/data/postprocessors.py`.
 */
export function wscReferent(prediction: string, referent: string): 0 | 1 | -1 {
  const predicted = withoutDeterminers(prediction);
  if (predicted === "") return -1;
  const wanted = withoutDeterminers(referent);
  if (predicted.includes("'") !== wanted.includes("'")) return 0;
  const predictedWords = new Set(predicted.split(" "));
  const wantedWords = new Set(wanted.split(" "));
  return isSubset(predictedWords, wantedWords) || isSubset(wantedWords, predictedWords) ? 1 : 0;
}

function withoutDeterminers(text: string): string {
  const words = trimSpace(text).toLowerCase().split(" ");
  return words.filter((word) => !DETERMINERS.has(word)).join(" ");
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((word) => whole.has(word));
}

const DETERMINERS = new Set(
  "a an few her his each every many much my our some that the their these this those which whose your".split(" "),
);
