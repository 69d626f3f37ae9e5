import { countCommon, countNgrams } from "./ngrams.js";
import { checkReferenceLists } from "./pairs.js";
import { signature } from "./signature.js";
import { countEach } from "./token-f1.js";
import { splitWords } from "./words.js";

export type ChrfOptions = {
  /** The longest character n-grams; 6 by default. */
  charOrder?: number;
  /** The longest word n-grams; 0 by default. 2 makes it chrF++. */
  wordOrder?: number;
  /** How many times as much recall counts as precision; 2 by default. */
  beta?: number;
  /** Whether case is ignored. False by default. */
  lowercase?: boolean;
  /** Whether white space counts as characters. False by default. */
  whitespace?: boolean;
  /**
   * Whether orders longer than the text count as missed, and F-scores are averaged instead of precisions and recalls,
   * as in chrF++.py, NLTK and Moses. False by default.
   */
  epsSmoothing?: boolean;
};

/** 0 to 100, under the name of the variant, such as "chrF2" or "chrF2++", with the settings it was made with. */
export type ChrfScore = { score: number; name: string; signature: string };

/**
 * chrF of a set: the F-score of character n-grams. It needs no tokenizer, which makes it kind to rich morphology.
 *
 * N-grams are counted over the set, for each prediction with the reference that is best for it.
 *
 * @throws RangeError for an empty set, unequal lengths, a prediction without references, or an option out of bounds.
 *
 * Popović 2015, 2017; the same numbers as sacrebleu 2.
 */
export function corpusChrf(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): ChrfScore {
  const settings = { ...CHRF, ...options };
  checkReferenceLists("corpusChrf", predictions, references);
  checkSettings(settings);
  const statistics = predictions.map((prediction, i) => {
    const predicted = countAllOrders(prediction, settings);
    return bestOf(
      references[i]!.map((reference) => match(predicted, countAllOrders(reference, settings))),
      settings,
    );
  });
  const total = statistics.reduce((sum, each) =>
    sum.map((order, i) => ({
      predicted: order.predicted + each[i]!.predicted,
      wanted: order.wanted + each[i]!.wanted,
      common: order.common + each[i]!.common,
    })),
  );
  return {
    score: 100 * fScore(total, settings),
    name: `chrF${settings.beta}${"+".repeat(settings.wordOrder)}`,
    signature: chrfSignature(references, options),
  };
}

/** The settings of `corpusChrf` as sacrebleu prints them, to be printed beside the score. */
export function chrfSignature(references: readonly (readonly string[])[], options: ChrfOptions = {}): string {
  const { charOrder, wordOrder, lowercase, whitespace, epsSmoothing } = { ...CHRF, ...options };
  return signature(references, {
    case: lowercase ? "lc" : "mixed",
    eff: !epsSmoothing,
    nc: charOrder,
    nw: wordOrder,
    space: whitespace,
  });
}

/**
 * chrF of one text, 0 to 100.
 *
 * @throws RangeError for no references or an option out of bounds.
 */
export function sentenceChrf(prediction: string, references: readonly string[], options: ChrfOptions = {}): ChrfScore {
  return corpusChrf([prediction], [references], options);
}

type Settings = Required<ChrfOptions>;

const CHRF: Settings = {
  charOrder: 6,
  wordOrder: 0,
  beta: 2,
  lowercase: false,
  whitespace: false,
  epsSmoothing: false,
};

/** How many n-grams of one order the prediction has, the reference has, and both have. */
type OrderCounts = { predicted: number; wanted: number; common: number };

function checkSettings({ charOrder, wordOrder, beta }: Settings): void {
  if (!Number.isInteger(charOrder) || charOrder < 1) {
    throw new RangeError(`corpusChrf: charOrder: expected an integer from 1, got ${charOrder}`);
  }
  if (!Number.isInteger(wordOrder) || wordOrder < 0) {
    throw new RangeError(`corpusChrf: wordOrder: expected an integer from 0, got ${wordOrder}`);
  }
  if (!(beta > 0)) throw new RangeError(`corpusChrf: beta: expected a number above 0, got ${beta}`);
}

/** Counts of n-grams for each order of characters, then for each order of words. */
function countAllOrders(
  text: string,
  { charOrder, wordOrder, lowercase, whitespace }: Settings,
): Map<string, number>[] {
  const cased = lowercase ? text.toLowerCase() : text;
  const characters = [...(whitespace ? cased : splitWords(cased).join(""))];
  const words = splitPunctuation(cased);
  return [
    ...Array.from({ length: charOrder }, (_, i) =>
      countEach(characters.slice(i).map((_, start) => characters.slice(start, start + i + 1).join(""))),
    ),
    ...Array.from({ length: wordOrder }, (_, i) => countNgrams(words, i + 1)),
  ];
}

/** Words, a punctuation mark at the end or else at the beginning being one of its own. At the other end it stays. */
function splitPunctuation(text: string): string[] {
  return splitWords(text).flatMap((word) => {
    const characters = [...word];
    if (characters.length === 1) return [word];
    if (PUNCTUATION.test(characters.at(-1)!)) return [characters.slice(0, -1).join(""), characters.at(-1)!];
    if (PUNCTUATION.test(characters[0]!)) return [characters[0]!, characters.slice(1).join("")];
    return [word];
  });
}

const PUNCTUATION = /^[!-/:-@[-`{-~]$/;

function match(predicted: readonly Map<string, number>[], wanted: readonly Map<string, number>[]): OrderCounts[] {
  return predicted.map((counts, i) => ({
    // An order that the reference is too short for isn't held against the prediction.
    predicted: wanted[i]!.size > 0 ? sum(counts) : 0,
    wanted: sum(wanted[i]!),
    common: countCommon(counts, wanted[i]!),
  }));
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

function bestOf(candidates: readonly OrderCounts[][], settings: Settings): OrderCounts[] {
  return candidates.reduce((best, other) => (fScore(other, settings) > fScore(best, settings) ? other : best));
}

function fScore(orders: readonly OrderCounts[], { beta, epsSmoothing }: Settings): number {
  if (epsSmoothing) {
    const scores = orders.map(({ predicted, wanted, common }) =>
      combine(predicted > 0 ? common / predicted : EPSILON, wanted > 0 ? common / wanted : EPSILON, beta),
    );
    return scores.reduce((total, score) => total + score, 0) / orders.length;
  }
  const effective = orders.filter(({ predicted, wanted }) => predicted > 0 && wanted > 0);
  let precision = 0;
  let recall = 0;
  for (const { predicted, wanted, common } of effective) {
    precision += common / predicted / effective.length;
    recall += common / wanted / effective.length;
  }
  return precision + recall > 0 ? combine(precision, recall, beta) : 0;
}

function combine(precision: number, recall: number, beta: number): number {
  const weighted = beta ** 2 * precision + recall;
  return weighted > 0 ? ((1 + beta ** 2) * precision * recall) / weighted : EPSILON;
}

const EPSILON = 1e-16;
