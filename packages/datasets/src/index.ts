// Reading

export { type ByteSource, blobSource, bytesSource, urlSource } from "./byte-source.js";
export { collect } from "./collect.js";
export { CONLL_U, type ConllColumns, IOB2, readConll, type TaggedWords, TOKEN_TAG } from "./conll.js";
export { readJsonl } from "./jsonl.js";
export { type Line, readLines } from "./lines.js";
export { readDocuments, readParagraphs, readTextLines } from "./text.js";
export { readTsv, readTsvWithoutHeader } from "./tsv.js";

// Objectives on ids

export { DESHUFFLING, type Denoising, denoise, LANGUAGE_MODEL, PREFIX_LM, wholeText } from "./denoise.js";
export { BERT_MASKING, type MaskedLmOptions, maskedLm, type TokenLabels } from "./masked-lm.js";
export {
  planSpanCorruption,
  type SpanCorruptionOptions,
  type SpanCorruptionPlan,
  spanCorruption,
  t5SentinelIds,
} from "./span-corruption.js";

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
} from "./noise-mask.js";
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
} from "./noise-tokens.js";
export { roundHalfToEven } from "./round-half-to-even.js";

// Ids cut and joined

export {
  concatTokens,
  selectRandomChunk,
  splitTokens,
  splitTokensRandomly,
  trimTokensAtFront,
} from "./split-tokens.js";
export { truncateAroundAnswer } from "./truncate-around-answer.js";

// Text to text

export { type FieldOptions, formatFields, parseFields } from "./fields.js";
export { fillInTheBlank } from "./fill-in-the-blank.js";
export { type GlueOptions, glue, stsb, stsbLabel } from "./glue.js";
export { xnli } from "./natural-language-inference.js";
export { padNonspacedLanguages, padPunctuation } from "./pad-text.js";
export {
  type AnsweredExample,
  type QuestionRecord,
  spanAnswer,
  squad,
  squadSpan,
  squadTrivia,
  type TriviaRecord,
  triviaQa,
} from "./question-answering.js";
export { type RankedExample, type RankOptions, rankClassification } from "./rank-classification.js";
export { type EntityQuestion, recordEntities } from "./record-entities.js";
export { parseSciTldr, type SciTldrRecord, summarizePaper } from "./scitldr.js";
export {
  formatSnipsFrame,
  parseSnips,
  parseSnipsFrame,
  type SnipsFrame,
  type SnipsRecord,
  snipsExample,
  snipsFrame,
  snipsTags,
} from "./snips.js";
export { summarize } from "./summarize.js";
export type { TextExample } from "./text-example.js";
export { languageName, multiTranslate, translate } from "./translate.js";
export { type PronounRecord, pronounReferent, type WinogradRecord, winograd, winogradReferent } from "./winograd.js";
export { wnliReferent } from "./wnli-referent.js";

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
} from "./next-sentence.js";
export { type OrderedPair, sentenceOrderExample, sentenceOrderPair } from "./sentence-order.js";
export { type SplitOptions, splitLongText, type TextPiece } from "./split-long-text.js";
export { type SentenceLanguage, sentenceEnds, splitSentences } from "./split-sentences.js";

// Classes of words

export { type Entity, entityExample, formatEntities, parseEntities } from "./entity-text.js";
export { spanTags, type TagSpan, tagSpans } from "./tag-spans.js";
export {
  type TokenClassificationOptions,
  tagNamesOf,
  tokenClassificationExample,
} from "./token-classification.js";

// Tasks and mixtures

export { MIXTURE_START, type MixturePosition, mix } from "./mix.js";
export {
  type MixingRates,
  type Mixtures,
  mixingProbabilities,
  mixingRate,
  mixingRates,
  type RateOptions,
  resolveMixture,
} from "./mixing-rates.js";
export { type Drawn, defineTask, drawExamples, mapTask, readExamples, type Task, type TaskDefinition } from "./task.js";

// Batches

export { type BucketOptions, type BucketPosition, bucketByLength, type DrawnBatch } from "./bucket-by-length.js";
export { type IntMatrix, intMatrix, matrixRows } from "./int-matrix.js";
export { type PadOptions, padBatch, type Seq2SeqBatch } from "./pad-batch.js";
export {
  type EncoderPadOptions,
  padSequenceBatch,
  padTokenBatch,
  type SequenceBatch,
  type TokenBatch,
} from "./pad-encoder-batch.js";
export type { InputPadOptions, PaddedInputs } from "./pad-inputs.js";
export {
  addMarks,
  type EncodeOptions,
  encodeTextExample,
  IGNORED_LABEL,
  type Seq2SeqExample,
  type Tokenizer,
} from "./seq2seq-example.js";
export { shiftRight, shiftRightInSegments } from "./shift-right.js";

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
} from "./features.js";
export {
  type FeatureValues,
  type IdFeatures,
  type PackedIds,
  trimAndPack,
  trimAndPad,
  trimFeatures,
} from "./pack.js";
export { type PackedBatch, type PackOptions, packBatch } from "./pack-batch.js";
export { drawSplitPoint, packPrefixLmDecoderOnly, packPrefixLmEncoderDecoder } from "./prefix-lm-packing.js";
