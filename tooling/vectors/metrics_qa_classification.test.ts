import {
  type AnswerScores,
  accuracy,
  allMatch,
  answerScores,
  aucRoc,
  averagePrecision,
  coqaF1,
  coqaTokenize,
  f1WithInvalid,
  firstOfGroups,
  labelToClassId,
  labelToNumber,
  matthewsCorrelation,
  meanMulticlassF1,
  meanOverGroups,
  normalizeSquad,
  normalizeTriviaQa,
  pearsonCorrelation,
  type RankedAnswer,
  rankClassification,
  spanSquad,
  spearmanCorrelation,
  squad,
  thresholdLabels,
  triviaQa,
  wordEditDistance,
  wscReferent,
} from "@t5ts/metrics";
import { expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

/** Compares what `compute` gives, or expects an error where the case says so. */
function compare(testCase: VectorCase, compute: () => unknown): void {
  if (testCase.expected === "error") expect(compute).toThrow();
  else expectClose(compute(), testCase.expected, testCase.tolerance ?? 1e-6);
}

/** A metric of predictions and targets, in this order, which the cases list the other way round. */
function ofPairs<P, T>(metric: (predictions: P[], targets: T[]) => number | AnswerScores) {
  return (testCase: VectorCase): void => compare(testCase, () => metric(testCase.predictions, testCase.targets));
}

type RankedTuple = [index: number[], isCorrect: boolean, weight: number, length: number];

function rankedAnswer([index, isCorrect, weight, length]: RankedTuple): RankedAnswer {
  return { index, isCorrect, weight, length };
}

runVectors("metrics_qa_classification.json", {
  squad: ofPairs(squad),
  trivia_qa: ofPairs(triviaQa),
  qa_metrics: ofPairs(answerScores),
  span_squad: ofPairs(spanSquad),
  coqa_f1: ofPairs(coqaF1),
  accuracy: ofPairs(accuracy),
  sequence_accuracy: ofPairs(accuracy),
  all_match: ofPairs(allMatch),
  pearson_corrcoef: ofPairs(pearsonCorrelation),
  spearman_corrcoef: ofPairs(spearmanCorrelation),
  matthews_corrcoef: ofPairs(matthewsCorrelation),
  f1_score_with_invalid: ofPairs(f1WithInvalid),
  mean_multiclass_f1: (testCase) => {
    const classes = Array.from({ length: testCase.num_classes }, (_, i) => i);
    compare(testCase, () => meanMulticlassF1(testCase.predictions, testCase.targets, classes));
  },
  normalize_squad: (testCase) => expect(normalizeSquad(testCase.text)).toBe(testCase.expected),
  normalize_trivia_qa: (testCase) => expect(normalizeTriviaQa(testCase.text)).toBe(testCase.expected),
  coqa_tokenize: (testCase) => {
    for (const [text, expected] of testCase.cases_list) expect(coqaTokenize(text), text).toEqual(expected);
  },
  mean_group_metric_accuracy: (testCase) => {
    const targets = testCase.targets as { group: string; value: number }[];
    const score = (p: readonly number[], t: readonly number[]) => ({ accuracy: accuracy(p, t) });
    const groups = targets.map(({ group }) => group);
    const values = targets.map(({ value }) => value);
    const { mean, byGroup } = meanOverGroups(score, testCase.predictions as number[], values, groups);
    expectClose(mean.accuracy, testCase.expected, testCase.tolerance ?? 1e-6);
    for (const [group, expected] of Object.entries(testCase.subgroups ?? {})) {
      expectClose(byGroup.get(group)?.accuracy, expected, testCase.tolerance ?? 1e-6, group);
    }
  },
  deduplicate_metric_accuracy: (testCase) => {
    const targets = testCase.targets as { group: string; value: number }[];
    const scores = firstOfGroups(
      (p, t) => ({ accuracy: accuracy(p, t) }),
      testCase.predictions as number[],
      targets.map(({ value }) => value),
      targets.map(({ group }) => group),
    );
    expectClose(scores.accuracy, testCase.expected, testCase.tolerance ?? 1e-6);
  },
  multirc_f1_over_all_answers: ofPairs(f1WithInvalid),
  // One turn of CoQA: the words of two answers.
  sequence_f1: (testCase) => {
    for (const [target, prediction, expected] of testCase.cases_list as [string[], string[], number][]) {
      const score = coqaF1([prediction.join(" ")], [[target.join(" ")]]) / 100;
      expectClose(score, expected, testCase.tolerance ?? 1e-6, `${target} / ${prediction}`);
    }
  },
  string_to_float: (testCase) => expect(labelToNumber(testCase.text, testCase.default)).toBe(testCase.expected),
  auc: (testCase) => {
    const labels = thresholdLabels(testCase.targets, testCase.targets_threshold ?? 1);
    const scores = testCase.predictions as number[];
    const areas = { "auc-roc": aucRoc(scores, labels), "auc-pr": averagePrecision(scores, labels) };
    expectClose(areas, testCase.expected, testCase.tolerance ?? 1e-6);
  },
  rank_classification: (testCase) => {
    const numClasses: number | undefined = testCase.num_classes ?? undefined;
    const options = {
      ...(numClasses === undefined ? {} : { numClasses }),
      normalizeByLength: testCase.normalize_by_target_length ?? false,
    };
    compare(testCase, () => {
      const scores = rankClassification(testCase.scores, testCase.targets.map(rankedAnswer), options);
      const { meanF1, aucRoc: roc, aucPr, ...rest } = scores;
      return { ...rest, "auc-roc": roc, "auc-pr": aucPr, [`mean_${numClasses}class_f1`]: meanF1 };
    });
  },
  edit_distance: (testCase) => {
    const distance = wordEditDistance(testCase.predictions, testCase.targets, { lower: testCase.lower ?? true });
    const byName = Object.fromEntries(Object.entries(distance).map(([name, value]) => [`${name}_edit`, value]));
    // A single number is the distance of a single pair, which all five agree on.
    compare(testCase, () => (typeof testCase.expected === "number" ? distance.sum : byName));
  },
  string_label_to_class_id: (testCase) => {
    expect(labelToClassId(testCase.text, testCase.labels, testCase.default)).toBe(testCase.expected);
  },
  postprocess_wsc_simple: (testCase) => {
    expect(wscReferent(testCase.prediction, testCase.target)).toBe(testCase.expected);
  },
});
