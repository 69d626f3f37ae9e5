import { bleuSignature, corpusBleu } from "./bleu.js";
import { chrfSignature, corpusChrf } from "./chrf.js";
import { meanMulticlassF1 } from "./class-f1.js";
import { coqaF1 } from "./coqa.js";
import { pearsonCorrelation, spearmanCorrelation } from "./correlation.js";
import { wordEditDistance } from "./edit-distance.js";
import { accuracy, exactMatch } from "./exact-match.js";
import { labelToClassId, labelToNumber } from "./label.js";
import { matthewsCorrelation } from "./matthews-correlation.js";
import { MLQA_LANGUAGES, mlqa } from "./mlqa.js";
import { checkReferenceLists } from "./pairs.js";
import { porterStem } from "./porter-stemmer.js";
import { meanRouge } from "./rouge.js";
import { spanF1 } from "./span-f1.js";
import { squad } from "./squad.js";
import { isTagOf, tagSchemeOf } from "./tag-spans.js";
import { corpusTer, terSignature } from "./ter.js";
import { textSpanF1 } from "./text-span-f1.js";
import { triviaQa } from "./trivia-qa.js";
import { characterErrorRate, wordErrorRate } from "./word-error-rate.js";
import { splitWords } from "./words.js";

/** Scores generated texts, with a list of references for each. Shares and correlations are on a scale of 100. */
export type Metric = (predictions: string[], references: string[][]) => Record<string, number>;

/**
 * Metrics by the name they are asked for with, as on a command line. What each takes:
 *
 * - Several references: `exact_match`, `squad`, `trivia_qa`, `coqa`, `mlqa_…`, `rouge` (of English), `rouge_stemmed`, `rouge_unicode`
 *   and `rouge_zh`, `bleu`,
 *   `bleu_13a`, `chrf`, `chrf++`, `ter`. All others take exactly one.
 * - Labels: `accuracy`, `macro_f1` and `matthews_corrcoef`; a prediction that is no reference's label is wrong.
 * - Numbers: `pearson_corrcoef` and `spearman_corrcoef`; a prediction that is none counts as −1, as in T5.
 * - Tags divided by spaces: `span_f1`. A prediction is cut or filled with O to the length of its reference, and what is no
 *   tag of the references' scheme is O.
 * - Entities as mT5 writes them: `text_span_f1`.
 */
export const METRICS: Readonly<Record<string, Metric>> = {
  exact_match: (predictions, references) => ({ exact_match: exactMatch(predictions, references) }),
  accuracy: (predictions, references) => ({
    accuracy: accuracy(predictions, only("accuracy", predictions, references)),
  }),
  macro_f1: (predictions, references) => {
    const targets = only("macro_f1", predictions, references);
    return { macro_f1: meanMulticlassF1(predictions, targets, [...new Set(targets)]) };
  },
  matthews_corrcoef: (predictions, references) => {
    const targets = only("matthews_corrcoef", predictions, references);
    const labels = [...new Set(targets)];
    const ids = (texts: string[]): number[] => texts.map((text) => labelToClassId(text, labels));
    return { matthews_corrcoef: matthewsCorrelation(ids(predictions), ids(targets)) };
  },
  pearson_corrcoef: (predictions, references) => ({
    pearson_corrcoef: pearsonCorrelation(...numbers("pearson_corrcoef", predictions, references)),
  }),
  spearman_corrcoef: (predictions, references) => ({
    spearman_corrcoef: spearmanCorrelation(...numbers("spearman_corrcoef", predictions, references)),
  }),
  squad,
  trivia_qa: triviaQa,
  coqa: (predictions, references) => ({ f1: coqaF1(predictions, references) }),
  ...Object.fromEntries(
    MLQA_LANGUAGES.map((language): [string, Metric] => [
      `mlqa_${language}`,
      (predictions, references) => mlqa(predictions, references, language),
    ]),
  ),
  rouge: (predictions, references) => meanRouge(predictions, references),
  rouge_unicode: (predictions, references) => meanRouge(predictions, references, { tokenizer: "unicode" }),
  rouge_zh: (predictions, references) => meanRouge(predictions, references, { tokenizer: "zh" }),
  rouge_stemmed: (predictions, references) => meanRouge(predictions, references, { stem: porterStem }),
  bleu: (predictions, references) => ({ bleu: corpusBleu(predictions, references, { tokenizer: "intl" }).score }),
  bleu_13a: (predictions, references) => ({ bleu: corpusBleu(predictions, references).score }),
  chrf: (predictions, references) => ({ chrf: corpusChrf(predictions, references).score }),
  "chrf++": (predictions, references) => ({ "chrf++": corpusChrf(predictions, references, { wordOrder: 2 }).score }),
  ter: (predictions, references) => ({ ter: corpusTer(predictions, references).score }),
  wer: (predictions, references) => ({
    wer: 100 * wordErrorRate(predictions, only("wer", predictions, references)).rate,
  }),
  cer: (predictions, references) => ({
    cer: 100 * characterErrorRate(predictions, only("cer", predictions, references)).rate,
  }),
  edit_distance: (predictions, references) => {
    const distance = wordEditDistance(predictions, only("edit_distance", predictions, references));
    return Object.fromEntries(Object.entries(distance).map(([name, value]) => [`${name}_edit`, value]));
  },
  span_f1: (predictions, references) => {
    const targets = only("span_f1", predictions, references).map(splitWords);
    const scheme = tagSchemeOf(targets);
    // What a model writes may be no tag at all; what is asked for is one.
    const tags = predictions.map(splitWords).map((list, i) =>
      targets[i]!.map((_, position) => {
        const tag = list[position] ?? "O";
        return isTagOf(scheme, tag) ? tag : "O";
      }),
    );
    const { precision, recall, f1 } = spanF1(tags, targets);
    return { precision: 100 * precision, recall: 100 * recall, f1: 100 * f1 };
  },
  text_span_f1: (predictions, references) => {
    const { precision, recall, f1 } = textSpanF1(predictions, only("text_span_f1", predictions, references));
    return { precision: 100 * precision, recall: 100 * recall, f1: 100 * f1 };
  },
};

/**
 * The metric of that name.
 *
 * @throws RangeError that lists the names, for another.
 */
export function findMetric(name: string): Metric {
  const metric = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
  if (!metric) throw new RangeError(`findMetric: expected one of ${Object.keys(METRICS).join(", ")}, got "${name}"`);
  return metric;
}

/**
 * The settings of the metric of that name, to be printed beside its scores; nothing where there is nothing to set.
 *
 * @throws RangeError for a name that isn't in `METRICS`.
 */
export function metricSignature(name: string, references: string[][]): string | undefined {
  findMetric(name);
  return SIGNATURES[name]?.(references);
}

const SIGNATURES: Record<string, (references: string[][]) => string> = {
  bleu: (references) => bleuSignature(references, { tokenizer: "intl" }),
  bleu_13a: (references) => bleuSignature(references),
  chrf: (references) => chrfSignature(references),
  "chrf++": (references) => chrfSignature(references, { wordOrder: 2 }),
  ter: (references) => terSignature(references),
};

function only(metric: string, predictions: string[], references: string[][]): string[] {
  checkReferenceLists(metric, predictions, references);
  return references.map((list, i) => {
    if (list.length > 1) throw new RangeError(`${metric}: references[${i}]: expected exactly one, got ${list.length}`);
    return list[0]!;
  });
}

function numbers(metric: string, predictions: string[], references: string[][]): [number[], number[]] {
  const targets = only(metric, predictions, references).map((text, i) => {
    const target = labelToNumber(text, Number.NaN);
    if (Number.isNaN(target)) throw new RangeError(`${metric}: references[${i}]: expected a number, got "${text}"`);
    return target;
  });
  return [predictions.map((text) => labelToNumber(text)), targets];
}
