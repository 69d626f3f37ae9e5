// By name, for a command line

export { findMetric, METRICS, type Metric, metricSignature } from "./metric.js";

// Classes, numbers and scores

export { aucRoc, averagePrecision, thresholdLabels } from "./area-under-curve.js";
export { f1WithInvalid, meanMulticlassF1 } from "./class-f1.js";
export { pearsonCorrelation, spearmanCorrelation } from "./correlation.js";
export { accuracy, allMatch, exactMatch } from "./exact-match.js";
export { firstOfGroups, type Group, meanOverGroups, type ScoreFunction } from "./groups.js";
export { labelToClassId, labelToNumber } from "./label.js";
export { matthewsCorrelation } from "./matthews-correlation.js";
export { multirc } from "./multirc.js";
export { perplexity } from "./perplexity.js";
export {
  type RankClassificationOptions,
  type RankedAnswer,
  type RankScores,
  rankClassification,
} from "./rank-classification.js";
export { wscReferent } from "./wsc.js";

// Answers to questions

export { coqaF1, coqaTokenize } from "./coqa.js";
export { MLQA_LANGUAGES, type MlqaLanguage, mlqa, normalizeMlqa } from "./mlqa.js";
export { type AnswerScores, answerScores } from "./question-answering.js";
export { record } from "./record.js";
export { type SpanQuestion, spanSquad } from "./span-squad.js";
export { normalizeSquad, squad } from "./squad.js";
export { tokenF1 } from "./token-f1.js";
export { normalizeTriviaQa, triviaQa } from "./trivia-qa.js";

// Named spans

export { type SpanScore, spanF1 } from "./span-f1.js";
export { isTagOf, type TagScheme, type TagSpan, tagSchemeOf, tagSpans } from "./tag-spans.js";
export { parseTextSpans, type TextSpan, textSpanF1 } from "./text-span-f1.js";

// Speech

export { countEdits, type Edits, sumOfEdits, wordEditDistance } from "./edit-distance.js";
export { characterErrorRate, type ErrorRate, wordErrorRate } from "./word-error-rate.js";

// Summaries

export { porterStem, porterStem1980 } from "./porter-stemmer.js";
export { ROUGE_TOKENIZERS, type RougeTokenizer } from "./rouge-tokenizers.js";
export { meanRouge, type RougeOptions, type RougeScore, rouge, rougeTokenize } from "./rouge.js";

// Translations

export { type BleuOptions, bleuSignature, corpusBleu, type SignedBleuScore, sentenceBleu } from "./bleu.js";
export {
  type BleuCounts,
  type BleuFormula,
  type BleuScore,
  type BleuSmoothing,
  bleuFromCounts,
} from "./bleu-formula.js";
export { BLEU_TOKENIZERS, type BleuTokenizer } from "./bleu-tokenizers.js";
export { type ChrfOptions, type ChrfScore, chrfSignature, corpusChrf, sentenceChrf } from "./chrf.js";
export { corpusTer, sentenceTer, type TerScore, terSignature } from "./ter.js";
export { type TerTokenizerOptions, terTokenize } from "./ter-tokenizer.js";

// How sure a score is

export { type BootstrapOptions, bootstrap, type ConfidenceInterval } from "./bootstrap.js";
