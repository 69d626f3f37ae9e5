import { parseModel } from "./model-file/model-file.js";
import type { SentencePieceModel } from "./model-file/sentencepiece-model.js";
import { type SentencePieceOptions, SentencePieceTokenizer } from "./sentencepiece-tokenizer.js";

/**
 * A tokenizer from a .model file, or from what was read from one.
 *
 * @throws ModelFileError that names the first field it can't accept.
 */
export function loadSentencePiece(
  file: Uint8Array | SentencePieceModel,
  options: SentencePieceOptions = {},
): SentencePieceTokenizer {
  return new SentencePieceTokenizer(file instanceof Uint8Array ? parseModel(file) : file, options);
}
