import { checkReferenceLists, mean } from "./pairs.js";
import { normalizeSquad } from "./squad.js";
import { tokenF1 } from "./token-f1.js";
import { splitWords } from "./words.js";

/**
 * The mean over turns of the best F1 of words over the references, 0 to 100. Two answers without words agree.
 *
 * @throws RangeError for an empty set, unequal lengths or a turn without references.
 *
 * T5, `coqa_f1` in `t5/evaluation/metrics.py`, after the evaluation script of CoQA (Reddy et al. 2019).
 */
export function coqaF1(predictions: readonly string[], references: readonly (readonly string[])[]): number {
  checkReferenceLists("coqaF1", predictions, references);
  const best = predictions.map((prediction, i) => {
    const tokens = coqaTokenize(prediction);
    return Math.max(...references[i]!.map((reference) => turnF1(tokens, coqaTokenize(reference))));
  });
  return 100 * mean(best);
}

/** The words of an answer under SQuAD's normalization: “Maru, the cat.” → maru, cat. */
export function coqaTokenize(answer: string): string[] {
  return splitWords(normalizeSquad(answer));
}

function turnF1(prediction: readonly string[], reference: readonly string[]): number {
  return prediction.length === 0 && reference.length === 0 ? 1 : tokenF1(prediction, reference);
}
