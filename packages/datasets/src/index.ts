// Reading

export { type ByteSource, blobSource, bytesSource, urlSource } from "./reading/byte-source.js";
export { collect } from "./reading/collect.js";
export { CONLL_U, type ConllColumns, IOB2, readConll, type TaggedWords, TOKEN_TAG } from "./reading/conll.js";
export { readJsonl } from "./reading/jsonl.js";
export { type Line, type LineOptions, readLines } from "./reading/lines.js";
export { readDocuments, readParagraphs, readTextLines } from "./reading/documents.js";
export { readTsv, readTsvWithoutHeader } from "./reading/tsv.js";

// Objectives on ids

export { DESHUFFLING, type Denoising, denoise, LANGUAGE_MODEL, PREFIX_LM, wholeText } from "./objectives/denoise.js";
export { BERT_MASKING, type MaskedLmOptions, maskedLm, type TokenLabels } from "./objectives/masked-lm.js";
export {
  planSpanCorruption,
  type SpanCorruptionOptions,
  type SpanCorruptionPlan,
  spanCorruption,
  t5SentinelIds,
} from "./objectives/span-corruption.js";

// Noise: the parts of objectives

export {
  iidNoiseMask,
  type NoiseCounts,
  type NoiseMask,
  noiseCounts,
  type RegularNoise,
  randomPrefixNoiseMask,
  randomRegularNoiseMask,
  randomSpansNoiseMask,
  regularNoiseMask,
  rollMask,
  type SpanMaskOptions,
  type SpanNoise,
  spansToMask,
  T5_SPAN_NOISE,
} from "./objectives/noise-mask.js";
export {
  dropNoiseTokens,
  dropNonnoiseTokens,
  noiseSpanToSentinel,
  noiseSpanToUniqueSentinel,
  noiseTokenToGatheredToken,
  noiseTokenToRandomToken,
  noiseTokenToRandomTokenOrSentinel,
  noiseTokenToSentinel,
  nonnoiseSpanToSentinel,
  nonnoiseSpanToUniqueSentinel,
  permuteNoiseTokens,
  type RandomIds,
  t5RandomIds,
} from "./objectives/noise-tokens.js";
export { roundHalfToEven } from "./objectives/round-half-to-even.js";

// Ids cut and joined

export {
  concatTokens,
  selectRandomChunk,
  splitTokens,
  splitTokensRandomly,
  trimTokensAtFront,
} from "./texts/split-tokens.js";
export { truncateAroundAnswer } from "./texts/truncate-around-answer.js";

// Text to text

export { type FieldOptions, formatFields, parseFields } from "./reading/fields.js";
export { fillInTheBlank } from "./objectives/fill-in-the-blank.js";
export { type GlueOptions, glue, stsb, stsbLabel } from "./benchmarks/glue.js";
export { xnli } from "./benchmarks/natural-language-inference.js";
export { padNonspacedLanguages, padPunctuation } from "./texts/space-around.js";
export {
  type AnsweredExample,
  type QuestionRecord,
  spanAnswer,
  squad,
  squadSpan,
  squadTrivia,
  type TriviaRecord,
  triviaQa,
} from "./benchmarks/question-answering.js";
export { type RankedExample, type RankOptions, rankClassification } from "./benchmarks/rank-classification.js";
export { type EntityQuestion, recordEntities } from "./benchmarks/record-entities.js";
export { parseSciTldr, type SciTldrRecord, summarizePaper } from "./benchmarks/scitldr.js";
export {
  formatSnipsFrame,
  parseSnips,
  parseSnipsFrame,
  type SnipsFrame,
  type SnipsRecord,
  snipsExample,
  snipsFrame,
  snipsTags,
} from "./benchmarks/snips.js";
export { summarize } from "./benchmarks/summarize.js";
export type { TextExample } from "./text-example.js";
export { languageName, multiTranslate, translate } from "./benchmarks/translate.js";
export {
  type PronounRecord,
  pronounReferent,
  type WinogradRecord,
  winograd,
  winogradReferent,
} from "./benchmarks/winograd.js";
export { wnliReferent } from "./benchmarks/wnli-referent.js";

// Sentences

export {
  encodeSentencePair,
  exchangeSeconds,
  type LabeledPair,
  neighboringPairs,
  nextSentenceExample,
  nextSentencePair,
  type SentencePair,
  type SentencePlace,
  sentencePlaces,
} from "./objectives/next-sentence.js";
export { type OrderedPair, sentenceOrderExample, sentenceOrderPair } from "./objectives/sentence-order.js";
export { type SplitOptions, splitLongText, type TextPiece } from "./texts/split-long-text.js";
export { type SentenceLanguage, sentenceEnds, splitSentences } from "./texts/split-sentences.js";

// Classes of words

export { type Entity, entityExample, formatEntities, parseEntities } from "./benchmarks/entity-text.js";
export { spanTags } from "./benchmarks/span-tags.js";
export {
  type TokenClassificationOptions,
  tagNamesOf,
  tokenClassificationExample,
} from "./benchmarks/token-classification.js";

// Tasks and mixtures

export { MIXTURE_START, type MixturePosition, mix } from "./mixtures/mix.js";
export {
  type MixingRates,
  type Mixtures,
  mixingProbabilities,
  mixingRate,
  mixingRates,
  type RateOptions,
  resolveMixture,
} from "./mixtures/mixing-rates.js";
export {
  type Drawn,
  defineTask,
  drawExamples,
  mapTask,
  readExamples,
  type Task,
  type TaskDefinition,
} from "./mixtures/task.js";

// Batches

export {
  type BucketOptions,
  type BucketPosition,
  bucketByLength,
  type DrawnBatch,
} from "./batches/bucket-by-length.js";
export { type IntMatrix, intMatrix, matrixRows } from "./batches/int-matrix.js";
export { type PadOptions, padBatch, type Seq2SeqBatch } from "./batches/pad-batch.js";
export {
  type EncoderPadOptions,
  padSequenceBatch,
  padTokenBatch,
  type SequenceBatch,
  type TokenBatch,
} from "./batches/pad-encoder-batch.js";
export type { InputPadOptions, PaddedInputs } from "./batches/pad-inputs.js";
export {
  addMarks,
  type EncodeOptions,
  encodeTextExample,
  IGNORED_LABEL,
  type Seq2SeqExample,
  type Tokenizer,
} from "./seq2seq-example.js";
export { shiftRight, shiftRightInSegments } from "./batches/shift-right.js";

// Several examples in a row

export {
  type DecoderFeatures,
  type EncoderDecoderFeatures,
  encoderDecoderFeatures,
  type FeatureOptions,
  languageModelFeatures,
  type MaskedLmFeatures,
  maskedLmFeatures,
  type PrefixLmFeatures,
  prefixLmFeatures,
  type RowSegments,
} from "./batches/feature-converters.js";
export {
  type FeatureValues,
  type IdFeatures,
  type PackedIds,
  trimAndPack,
  trimAndPad,
  trimFeatures,
} from "./batches/pack.js";
export { type PackedBatch, type PackOptions, packBatch } from "./batches/pack-batch.js";
export { drawSplitPoint, packPrefixLmDecoderOnly, packPrefixLmEncoderDecoder } from "./batches/prefix-lm-packing.js";
