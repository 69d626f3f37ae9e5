import { loadTokenizer, type Tokenizer, TokenizerJsonError } from "@t5ts/tokenizer-bpe";
import { loadSentencePiece } from "./load-sentencepiece.js";
import { loadUnigram, type UnigramOptions } from "./load-unigram.js";
import { fromBase64 } from "./model-file/base64.js";
import { parseNormalizerWithRules } from "./normalization/normalizer-json.js";
import type { Marks } from "./sentencepiece-tokenizer.js";
import { ByteTokenizer, type ByteTokenizerOptions } from "./t5/byte-tokenizer.js";
import { loadT5Tokenizer, type T5TokenizerOptions } from "./t5/load-t5.js";

/**
 * The tokenizer that some JSON holds: what `toJSON` of any tokenizer gave, or a tokenizer.json of Hugging Face with a
 * unigram or BPE model.
 *
 * @throws TokenizerJsonError or ModelFileError that names the first field it can't accept; Error if it's no tokenizer.
 */
export function tokenizerFromJson(json: unknown, options: UnigramOptions = {}): Tokenizer {
  if (typeof json !== "object" || json === null) throw noTokenizer(json === null ? "null" : typeof json);
  const { type, model } = json as { type?: unknown; model?: unknown };
  switch (type) {
    case undefined:
      if (typeof model !== "object" || model === null) throw noTokenizer("an object without a model");
      return isUnigram(model) ? loadUnigram(json, options) : loadTokenizer(json, {}, parseNormalizerWithRules);
    case "SentencePiece":
      return loadSentencePiece(modelFile(model), json as { marks?: Marks });
    case "T5":
      return loadT5Tokenizer(modelFile(model), json as T5TokenizerOptions);
    case "Bytes":
      return new ByteTokenizer(json as ByteTokenizerOptions);
    default:
      throw noTokenizer(`the type ${JSON.stringify(type)}`);
  }
}

/** Files of old don't name the model; only a unigram's vocabulary is a list. */
function isUnigram(model: object): boolean {
  const { type, vocab } = model as { type?: unknown; vocab?: unknown };
  return type === "Unigram" || (type === undefined && Array.isArray(vocab));
}

function modelFile(model: unknown): Uint8Array {
  const file = typeof model === "string" ? fromBase64(model) : undefined;
  if (file === undefined) throw new TokenizerJsonError("model", "expected a .model file in base64");
  return file;
}

function noTokenizer(got: string): Error {
  return new Error(`tokenizerFromJson: expected the JSON of a tokenizer, got ${got}`);
}
