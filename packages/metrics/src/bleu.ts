import { type BleuCounts, type BleuFormula, type BleuScore, bleuFromCounts, resolveSmoothing } from "./bleu-formula.js";
import { BLEU_TOKENIZERS, type BleuTokenizer } from "./bleu-tokenizers.js";
import { countCommon, countNgrams } from "./ngrams.js";
import { checkReferenceLists } from "./pairs.js";
import { signature } from "./signature.js";
import { splitWords, trimSpaceEnd } from "./words.js";

export type BleuOptions = BleuFormula & {
  /** `13a` by default. T5 reports `intl`. */
  tokenizer?: BleuTokenizer;
  /** Whether case is ignored. False by default. */
  lowercase?: boolean;
  /** The longest n-grams counted; 4 by default. */
  maxOrder?: number;
};

/** A score with the settings it was made with, to be printed beside it. */
export type SignedBleuScore = BleuScore & { signature: string };

/**
 * BLEU of a set, 0 to 100, with its signature. Texts are expected as people write them, not tokenized.
 *
 * References are listed for each prediction. sacrebleu lists them the other way round, in streams.
 *
 * @throws RangeError for an empty set, unequal lengths, a prediction without references, or an unknown option.
 *
 * Papineni et al. 2002; the same numbers as sacrebleu 2 (Post 2018).
 */
export function corpusBleu(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): SignedBleuScore {
  const { tokenizer = "13a", lowercase = false, maxOrder = 4 } = options;
  checkReferenceLists("corpusBleu", predictions, references);
  if (!Object.hasOwn(BLEU_TOKENIZERS, tokenizer)) {
    const names = Object.keys(BLEU_TOKENIZERS).join(", ");
    throw new RangeError(`corpusBleu: tokenizer: expected one of ${names}, got "${tokenizer}"`);
  }
  if (!Number.isInteger(maxOrder) || maxOrder < 1) {
    throw new RangeError(`corpusBleu: maxOrder: expected an integer from 1, got ${maxOrder}`);
  }
  const split = (text: string): string[] =>
    splitWords(BLEU_TOKENIZERS[tokenizer](trimSpaceEnd(lowercase ? text.toLowerCase() : text)));
  const counts = predictions.map((prediction, i) =>
    countMatches(split(prediction), references[i]!.map(split), maxOrder),
  );
  return {
    ...bleuFromCounts(sumCounts(counts), options),
    signature: bleuSignature(references, options),
  };
}

/** The settings of `corpusBleu` as sacrebleu prints them, to be printed beside the score. */
export function bleuSignature(
  references: readonly (readonly string[])[],
  { tokenizer = "13a", lowercase = false, maxOrder = 4, effectiveOrder = false, ...formula }: BleuOptions = {},
): string {
  const { smoothing, value } = resolveSmoothing(formula);
  const hasValue = smoothing === "floor" || smoothing === "add-k";
  return signature(references, {
    case: lowercase ? "lc" : "mixed",
    eff: effectiveOrder,
    tok: tokenizer,
    smooth: hasValue ? `${smoothing}[${value.toFixed(2)}]` : smoothing,
    // sacrebleu doesn't print the order, though it changes the score.
    ...(maxOrder === 4 ? {} : { order: maxOrder }),
  });
}

/**
 * BLEU of one text, 0 to 100, which says little by itself: for looking at, not for reporting.
 *
 * @throws RangeError for no references or an unknown option.
 */
export function sentenceBleu(
  prediction: string,
  references: readonly string[],
  options: BleuOptions = {},
): SignedBleuScore {
  return corpusBleu([prediction], [references], { effectiveOrder: true, ...options });
}

function countMatches(prediction: readonly string[], references: readonly string[][], maxOrder: number): BleuCounts {
  const orders = Array.from({ length: maxOrder }, (_, i) => i + 1);
  const matches = orders.map((order) => {
    const most = new Map<string, number>();
    for (const reference of references) {
      for (const [ngram, count] of countNgrams(reference, order)) {
        most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
      }
    }
    return countCommon(countNgrams(prediction, order), most);
  });
  return {
    matches,
    totals: orders.map((order) => Math.max(0, prediction.length - order + 1)),
    predictionLength: prediction.length,
    referenceLength: closestLength(
      prediction.length,
      references.map((reference) => reference.length),
    ),
  };
}

/** The closest of `lengths`, the shorter of two that are equally close. */
function closestLength(length: number, lengths: readonly number[]): number {
  return lengths.reduce((best, other) => {
    const difference = Math.abs(other - length) - Math.abs(best - length);
    return difference < 0 || (difference === 0 && other < best) ? other : best;
  });
}

function sumCounts(counts: readonly BleuCounts[]): BleuCounts {
  const sumLists = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => value + b[i]!);
  return counts.reduce((sum, each) => ({
    matches: sumLists(sum.matches, each.matches),
    totals: sumLists(sum.totals, each.totals),
    predictionLength: sum.predictionLength + each.predictionLength,
    referenceLength: sum.referenceLength + each.referenceLength,
  }));
}
