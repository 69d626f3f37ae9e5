// The tokenizer
export { type BpeEncodeOptions, BpeTokenizer } from "./bpe-tokenizer.js";
export type { BpeDropout } from "./word-merger.js";
export { loadTokenizer, type SpecialNames } from "./load-tokenizer.js";
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
// Parts for tokenizers with other models
export { type AddedToken, AddedTokenFinder, parseAddedTokens } from "./added-tokens.js";
export { type AlignedText, alignText, originOf, sliceText, TextRewriter } from "./aligned-text.js";
export { openDecodeStream } from "./decode-stream.js";
export { type ParsedDecoder, parseDecoder } from "./decoders/parse-decoder.js";
export { encodeMarks, joinEncodings } from "./encoding.js";
export { checkInteger, JsonFields, mismatch } from "./json-fields.js";
export { parseNormalizer } from "./normalizers/parse-normalizer.js";
export type { Normalizer } from "./normalizers/normalizer.js";
export { countCodePoints } from "./offsets.js";
export { type PostProcessor, parsePostProcessor } from "./post-processors/post-processor.js";
export type { TemplatePart } from "./post-processors/template.js";
export { type ParsedPreTokenizer, parsePreTokenizer } from "./pre-tokenizers/pre-tokenizer.js";
export { eachBatch, type Words } from "./pre-tokenizers/words.js";
export { wellFormed } from "./well-formed.js";
