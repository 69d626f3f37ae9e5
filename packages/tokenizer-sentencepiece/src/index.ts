// .model files
export { loadSentencePiece } from "./load-sentencepiece.js";
export {
  type Marks,
  type SentencePieceEncodeOptions,
  type SentencePieceJson,
  type SentencePieceOptions,
  SentencePieceTokenizer,
} from "./sentencepiece-tokenizer.js";
export type { ScoredIds } from "./text-processor.js";
export type { Sampling } from "./segmentation/sampling.js";
export { parseModel, writeModel } from "./model-file/model-file.js";
export type {
  NormalizerSpec,
  Piece,
  PieceType,
  SentencePieceModel,
  TrainerSpec,
} from "./model-file/sentencepiece-model.js";
export { ModelFileError } from "./model-file/model-file-error.js";
// T5
export { loadT5Tokenizer, type T5TokenizerOptions } from "./t5/load-t5.js";
export { openT5Files, type T5TokenizerFiles } from "./t5/open-t5-files.js";
export { ByteTokenizer, type ByteTokenizerOptions } from "./t5/byte-tokenizer.js";
export { WordVocabulary } from "./t5/word-vocabulary.js";
export { idsUpToEnd } from "./t5/ids-up-to-end.js";
// tokenizer.json
export { loadUnigram, type UnigramOptions } from "./load-unigram.js";
export { UnigramTokenizer } from "./unigram-tokenizer.js";
export type { UnigramJson, UnigramModelJson } from "./unigram-json.js";
export { tokenizerFromJson } from "./tokenizer-from-json.js";
// Batches
export { encodeBatch } from "@t5ts/tokenizer-bpe/batch";
// Training
export type { SpecialPieceOptions, SpecialRole } from "./training/training-vocabulary.js";
export {
  trainUnigram,
  type TrainUnigramOptions,
  type TrainUnigramProgress,
} from "./training/train-unigram.js";
export type { NormalizationName } from "./normalization/nfkc-rules.js";
