import { checkReferenceLists } from "./pairs.js";
import { countEditsWithShifts } from "./shift-edits.js";
import { signature } from "./signature.js";
import { type TerTokenizerOptions, terTokenize } from "./ter-tokenizer.js";
import { trimSpaceEnd } from "./words.js";

export type TerScore = {
  /** Edits for 100 words of the references; 0 is perfect, and there is no upper bound. */
  score: number;
  edits: number;
  /** Words in the references; of several, the mean. */
  referenceLength: number;
  /** The settings it was made with, to be printed beside it. */
  signature: string;
};

/**
 * The translation edit rate of a set: words inserted, deleted, replaced and runs of words moved, for 100 words of the
 * references. Of several references the one that needs the fewest edits counts.
 *
 * References that are all empty give 100 unless the predictions are empty too.
 *
 * @throws RangeError for an empty set, unequal lengths or a prediction without references.
 *
 * Snover et al. 2006; the same numbers as sacrebleu 2.
 */
export function corpusTer(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  options: TerTokenizerOptions = {},
): TerScore {
  checkReferenceLists("corpusTer", predictions, references);
  const split = (text: string): string[] => terTokenize(trimSpaceEnd(text), options);
  let edits = 0;
  let referenceLength = 0;
  for (const [i, prediction] of predictions.entries()) {
    const predicted = split(prediction);
    const candidates = references[i]!.map(split);
    edits += Math.min(...candidates.map((reference) => countEditsWithShifts(predicted, reference)));
    referenceLength += candidates.reduce((sum, reference) => sum + reference.length, 0) / candidates.length;
  }
  return {
    score: referenceLength > 0 ? (100 * edits) / referenceLength : edits > 0 ? 100 : 0,
    edits,
    referenceLength,
    signature: terSignature(references, options),
  };
}

/** The settings of `corpusTer` as sacrebleu prints them, to be printed beside the score. */
export function terSignature(
  references: readonly (readonly string[])[],
  { normalized = false, removePunctuation = false, asian = false, caseSensitive = false }: TerTokenizerOptions = {},
): string {
  return signature(references, {
    case: caseSensitive ? "mixed" : "lc",
    tok: "tercom",
    norm: normalized,
    punct: !removePunctuation,
    asian,
  });
}

/**
 * The translation edit rate of one text.
 *
 * @throws RangeError for no references.
 */
export function sentenceTer(
  prediction: string,
  references: readonly string[],
  options: TerTokenizerOptions = {},
): TerScore {
  return corpusTer([prediction], [references], options);
}
