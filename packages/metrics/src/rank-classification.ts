import { aucRoc, averagePrecision } from "./area-under-curve.js";
import { classF1 } from "./class-f1.js";
import { checkPairs, mean } from "./pairs.js";

/**
 * One possible answer to one input. `index` is where it belongs: first the input's number, last the answer's, between
 * them whatever else orders the answers.
 */
export type RankedAnswer = {
  index: readonly number[];
  isCorrect: boolean;
  /** How much the input counts; taken from its first answer if the number of classes is fixed. */
  weight: number;
  /** Tokens in the answer. */
  length: number;
};

/** Each 0 to 100. What isn't there isn't defined for the number of classes, see `rankClassification`. */
export type RankScores = { accuracy: number; f1?: number; meanF1?: number; aucRoc?: number; aucPr?: number };

export type RankClassificationOptions = {
  /** How many answers each input has, if that is the same for all. */
  numClasses?: number;
  /** Whether scores are divided by the length of their answer. False by default. */
  normalizeByLength?: boolean;
};

/**
 * Classification by the answer to which the model gives the highest score, a log likelihood.
 *
 * For two classes: accuracy, F1 of class 1, areas under the ROC and the precision-recall curve. For more: accuracy
 * and the mean F1. Without `numClasses`, or where an input has several correct answers: accuracy only, any of them
 * being right. Of equal scores the first answer wins. The order of `answers` doesn't matter.
 *
 * @param scores One for each answer.
 * @throws RangeError for an empty set, unequal lengths, weights that sum to 0, a number of answers that isn't a
 *   multiple of `numClasses`, or two classes of which one is never correct: areas aren't defined then.
 *
 * T5, `rank_classification` in `t5/evaluation/metrics.py`.
 */
export function rankClassification(
  scores: readonly number[],
  answers: readonly RankedAnswer[],
  { numClasses, normalizeByLength = false }: RankClassificationOptions = {},
): RankScores {
  checkPairs("rankClassification", scores, answers);
  const scored = answers
    .map((answer, i) => ({ ...answer, score: normalizeByLength ? scores[i]! / answer.length : scores[i]! }))
    .sort((a, b) => compareIndices(a.index, b.index));
  if (numClasses === undefined) return { accuracy: accuracyOfBest(groupByInput(scored), (best) => best.weight) };

  // In float32, as in the reference: scores that are equal there are a tie, and the probabilities saturate early.
  const inputs = rowsOf(
    numClasses,
    scored.map((answer) => ({ ...answer, score: Math.fround(answer.score) })),
  );
  const accuracy = accuracyOfBest(inputs, (_, input) => input[0]!.weight);
  const correct = inputs.map((input) => input.flatMap((answer, i) => (answer.isCorrect ? [i] : [])));
  if (correct.some((list) => list.length > 1)) return { accuracy };

  const weights = inputs.map((input) => input[0]!.weight);
  const predictions = inputs.map((input) => input.indexOf(bestOf(input)));
  if (numClasses > 2) {
    const classes = Array.from({ length: numClasses }, (_, i) => i);
    const targets = correct.map(([only]) => only ?? -1);
    return { accuracy, meanF1: 100 * mean(classes.map((name) => classF1(predictions, targets, name, weights))) };
  }
  const labels = correct.map(([only]) => only === 1);
  const probabilities = inputs.map(probabilityOfLast);
  return {
    accuracy,
    f1: 100 * classF1(predictions, labels.map(Number), 1, weights),
    aucRoc: 100 * aucRoc(probabilities, labels, weights),
    aucPr: 100 * averagePrecision(probabilities, labels, weights),
  };
}

type ScoredAnswer = RankedAnswer & { score: number };

function compareIndices(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function groupByInput(answers: readonly ScoredAnswer[]): ScoredAnswer[][] {
  const groups = new Map<number, ScoredAnswer[]>();
  for (const answer of answers) {
    const input = answer.index[0]!;
    if (!groups.has(input)) groups.set(input, []);
    groups.get(input)!.push(answer);
  }
  return [...groups.values()];
}

function rowsOf(numClasses: number, answers: readonly ScoredAnswer[]): ScoredAnswer[][] {
  if (!Number.isInteger(numClasses) || numClasses < 2) {
    throw new RangeError(`rankClassification: numClasses: expected an integer from 2, got ${numClasses}`);
  }
  if (answers.length % numClasses !== 0) {
    throw new RangeError(
      `rankClassification: expected a multiple of ${numClasses} answers, ${numClasses} for each input, got ${answers.length}`,
    );
  }
  const starts = Array.from({ length: answers.length / numClasses }, (_, i) => i * numClasses);
  return starts.map((start) => answers.slice(start, start + numClasses));
}

function accuracyOfBest(
  inputs: readonly ScoredAnswer[][],
  weightOf: (best: ScoredAnswer, input: readonly ScoredAnswer[]) => number,
): number {
  let correct = 0;
  let total = 0;
  for (const input of inputs) {
    const best = bestOf(input);
    const weight = weightOf(best, input);
    total += weight;
    if (best.isCorrect) correct += weight;
  }
  if (!(total > 0)) throw new RangeError(`rankClassification: weights: expected a sum above 0, got ${total}`);
  return (100 * correct) / total;
}

function bestOf(input: readonly ScoredAnswer[]): ScoredAnswer {
  return input.reduce((best, answer) => (answer.score > best.score ? answer : best));
}

/** The softmax of the last of two scores, in float32. */
function probabilityOfLast(input: readonly ScoredAnswer[]): number {
  const highest = bestOf(input).score;
  const [first, last] = input.map(({ score }) => Math.fround(Math.exp(Math.fround(score - highest))));
  return Math.fround(last! / Math.fround(first! + last!));
}
