// The tokenizer
export { type BpeEncodeOptions, BpeTokenizer } from "./bpe-tokenizer.js";
export type { BpeDropout } from "./word-merger.js";
export { loadTokenizer, type SpecialNames } from "./load-tokenizer.js";
// Training
export { type SpecialToken, trainBpe, type TrainBpeOptions, type TrainBpeProgress } from "./train-bpe.js";
export { T5_SPECIAL_TOKENS } from "./training-template.js";
// Batches
export type { BatchEncoding, BatchOptions, Padding, Truncation } from "./batch.js";
// What every tokenizer of the family does
export type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  SpecialIds,
  Tokenizer,
} from "./tokenizer.js";
export type { Encoding } from "./encoding.js";
// Files
export { TokenizerJsonError } from "./json-fields.js";
export {
  type AddedTokenJson,
  type BpeModelJson,
  type ParsedTokenizer,
  parseTokenizerJson,
  type TokenizerJson,
} from "./tokenizer-json.js";
