import type { AddedTokenJson } from "@t5ts/tokenizer-bpe";
import { toBase64 } from "../model-file/base64.js";
import type { SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { Vocabulary } from "../segmentation/vocabulary.js";
import type { UnigramJson } from "../unigram-json.js";

/**
 * The tokenizer.json that transformers makes of a T5 model.
 *
 * @param isLegacy Whether a space mark is put in front of every part of a text, or of the first one only (`legacy: false`).
 */
export function t5Json(model: SentencePieceModel, extraIds: number, isLegacy: boolean): UnigramJson {
  const vocabulary = new Vocabulary(model);
  const { trainer, normalizer } = model;
  const vocab: [string, number][] = model.pieces.map(({ piece, score }) => [piece, score]);
  for (let i = extraIds - 1; i >= 0; i--) vocab.push([`<extra_id_${i}>`, 0]);
  // A special piece that the model lacks gets an id after all others.
  const end = vocabulary.find(trainer.eosPiece ?? "</s>", "control");
  const pad = vocabulary.find(trainer.padPiece ?? "<pad>", "control");
  const names = [pad < 0 ? "<pad>" : model.pieces[pad]!.piece, end < 0 ? "</s>" : model.pieces[end]!.piece];
  const added: AddedTokenJson[] = [];
  let next = vocab.length;
  const add = (content: string, id: number): number => {
    const given = id >= 0 ? id : next++;
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    added.push({ id: given, content, ...flags });
    return given;
  };
  add(names[0]!, pad);
  const endId = add(names[1]!, end);
  add(model.pieces[vocabulary.unknown]!.piece, vocabulary.unknown);
  for (let i = extraIds - 1; i >= 0; i--) add(`<extra_id_${i}>`, vocab.length - 1 - i);

  const scheme = isLegacy ? "always" : "first";
  const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: scheme, split: true };
  const charsmap = {
    type: "Precompiled",
    precompiled_charsmap: toBase64(normalizer.precompiledCharsmap ?? new Uint8Array(0)),
  };
  const spaces = { type: "Replace", pattern: { Regex: " {2,}" }, content: "▁" };
  const mark = { SpecialToken: { id: names[1]!, type_id: 0 } };
  const text = (id: "A" | "B"): object => ({ Sequence: { id, type_id: 0 } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.sort((a, b) => a.id - b.id),
    normalizer: isLegacy ? charsmap : { type: "Sequence", normalizers: [charsmap, spaces] },
    pre_tokenizer: isLegacy ? { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] } : metaspace,
    post_processor: {
      type: "TemplateProcessing",
      single: [text("A"), mark],
      pair: [text("A"), mark, text("B"), mark],
      special_tokens: { [names[1]!]: { id: names[1]!, ids: [endId], tokens: [names[1]!] } },
    },
    decoder: metaspace,
    model: { type: "Unigram", unk_id: vocabulary.unknown, vocab, byte_fallback: vocabulary.byteIds !== undefined },
  };
}
