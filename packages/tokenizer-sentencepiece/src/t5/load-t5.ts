import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { loadUnigram } from "../load-unigram.js";
import { parseModel } from "../model-file/model-file.js";
import { modelOfPacked, PackedPieces, packedPiecesOf } from "../model-file/packed-pieces.js";
import type { Piece, SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { SentencePieceTokenizer } from "../sentencepiece-tokenizer.js";
import { LegacyT5Tokenizer } from "./legacy-t5-tokenizer.js";
import { t5Json } from "./t5-json.js";

export type T5TokenizerOptions = {
  /** How many sentinels are put on top of the model's pieces; 100 by default. `<extra_id_0>` has the highest id. */
  readonly extraIds?: number | undefined;
  /**
   * What is done with sentinels and special pieces in a text; `seqio` by default.
   *
   * - `seqio`, the reference: sentinels are pieces with a space mark, found at the start of a word; other special pieces aren't found in text.
   * - `hf-legacy`, `T5Tokenizer` of transformers: each is found anywhere, and a space mark is put after it.
   * - `hf-fast`, `T5TokenizerFast` and transformers.js: the same in most texts, by way of a tokenizer.json.
   * - `hf`, with `legacy: false`: each is found anywhere, and what follows it is encoded as it is.
   */
  readonly dialect?: "seqio" | "hf-legacy" | "hf-fast" | "hf" | undefined;
};

/**
 * T5's tokenizer from its .model file (`spiece.model`), which lacks the sentinels.
 *
 * `encode` writes the end mark; `special.sentinels[i]` is the id of `<extra_id_i>`.
 */
export function loadT5Tokenizer(
  file: Uint8Array | SentencePieceModel,
  { extraIds = 100, dialect = "seqio" }: T5TokenizerOptions = {},
): Tokenizer {
  if (!(Number.isInteger(extraIds) && extraIds >= 0 && extraIds <= MAX_EXTRA_IDS)) {
    throw new RangeError(`loadT5Tokenizer: extraIds: expected an integer from 0 to ${MAX_EXTRA_IDS}, got ${extraIds}`);
  }
  const model = file instanceof Uint8Array ? parseModel(file) : file;
  switch (dialect) {
    case "seqio":
      return new SentencePieceTokenizer(withSentinels(model, extraIds), { marks: "end" });
    case "hf-legacy":
      return new LegacyT5Tokenizer(model, extraIds);
    case "hf-fast":
    case "hf":
      return loadUnigram(t5Json(model, extraIds, dialect === "hf-fast"), { cleanUpSpaces: true });
    default:
      throw new Error(
        `loadT5Tokenizer: dialect: expected "seqio", "hf-legacy", "hf-fast" or "hf", got ${JSON.stringify(dialect)}`,
      );
  }
}

const MAX_EXTRA_IDS = 1 << 16;

/** A model with `<extra_id_…>` as user-defined pieces after its own, the first with the highest id. */
export function withSentinels(model: SentencePieceModel, count: number): SentencePieceModel {
  const { trainer, normalizer, denormalizer, otherFields } = model;
  const sentinels = Array.from({ length: count }, (_, i): Piece => {
    return { piece: `▁<extra_id_${count - 1 - i}>`, score: 0, type: "user-defined" };
  });
  return modelOfPacked(packedPiecesOf(model).concat(PackedPieces.of(sentinels)), {
    trainer,
    normalizer,
    denormalizer,
    otherFields,
  });
}
