import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { loadSentencePiece } from "../load-sentencepiece.js";
import { parseModel } from "../model-file/model-file.js";
import { ByteTokenizer } from "./byte-tokenizer.js";
import { loadT5Tokenizer } from "./load-t5.js";

/** The files of a model folder that say how its texts are read, as far as they are there; JSON is parsed. */
export type T5TokenizerFiles = {
  /** `spiece.model` */
  model?: Uint8Array | undefined;
  /** `tokenizer_config.json` */
  tokenizerConfig?: unknown;
  /** `added_tokens.json` */
  addedTokens?: unknown;
  /** `special_tokens_map.json` */
  specialTokensMap?: unknown;
};

/**
 * Opens the tokenizer of a T5 folder without a tokenizer.json: a SentencePiece model with what its companions say, or
 * ByT5's bytes, which have no file.
 *
 * As many sentinels follow the pieces as `extra_ids` says; else as there are `<extra_id_…>` among the additional special
 * tokens; else 100, if the model has none itself. With the end mark, where the model has one.
 *
 * @throws Error naming the file and the field that can't be followed: tokens that the companions add or rename are refused,
 *   since a `.model` file has no place for them.
 */
export function openT5Files(files: T5TokenizerFiles): Tokenizer {
  const config = fieldsOf("tokenizer_config.json", files.tokenizerConfig);
  const tokenizer = files.model === undefined ? openBytes(config) : openModel(files.model, config);
  for (const [file, tokens] of [
    ["tokenizer_config.json: added_tokens_decoder", decoderTokens(config.added_tokens_decoder)],
    ["added_tokens.json", Object.entries(fieldsOf("added_tokens.json", files.addedTokens))],
  ] as const) {
    for (const [piece, id] of tokens) checkToken(tokenizer, file, piece, id);
  }
  const map = fieldsOf("special_tokens_map.json", files.specialTokensMap);
  for (const [file, fields] of [
    ["tokenizer_config.json", config],
    ["special_tokens_map.json", map],
  ] as const) {
    checkSpecial(tokenizer, file, fields);
  }
  return tokenizer;
}

function openBytes(config: Record<string, unknown>): Tokenizer {
  const { tokenizer_class: name } = config;
  if (name !== "ByT5Tokenizer" && name !== "ByT5TokenizerFast") {
    throw new Error(
      `tokenizer_config.json: tokenizer_class: expected ByT5Tokenizer where there's no spiece.model, got ${JSON.stringify(name)}`,
    );
  }
  const extraIds = extraIdsOf(config);
  return new ByteTokenizer(extraIds === undefined ? {} : { extraIds });
}

function openModel(file: Uint8Array, config: Record<string, unknown>): Tokenizer {
  const model = parseModel(file);
  const { eosPiece = "</s>" } = model.trainer;
  const hasEnd = model.pieces.some(({ piece, type }) => piece === eosPiece && type === "control");
  // A vocabulary without an end is SentencePiece's alone.
  if (!hasEnd) return loadSentencePiece(model);
  const hasSentinels = model.pieces.some(({ piece }) => piece.replace("▁", "") === "<extra_id_0>");
  return loadT5Tokenizer(model, { extraIds: hasSentinels ? 0 : (extraIdsOf(config) ?? 100) });
}

function extraIdsOf({
  extra_ids: count,
  additional_special_tokens: additional,
}: Record<string, unknown>): number | undefined {
  if (count !== undefined && count !== null) {
    if (Number.isSafeInteger(count) && (count as number) >= 0) return count as number;
    throw new Error(`tokenizer_config.json: extra_ids: expected an integer from 0 on, got ${JSON.stringify(count)}`);
  }
  if (!Array.isArray(additional)) return undefined;
  const sentinels = additional.filter((token) => SENTINEL.test(contentOf(token) ?? ""));
  return sentinels.length > 0 ? sentinels.length : undefined;
}

const SENTINEL = /^<extra_id_(\d+)>$/;

/** `{ "32099": { content: "<extra_id_0>", … }, … }` */
function decoderTokens(json: unknown): [piece: string, id: unknown][] {
  const tokens = Object.entries(fieldsOf("tokenizer_config.json: added_tokens_decoder", json));
  return tokens.map(([id, token]) => [contentOf(token) ?? "", Number(id)]);
}

function checkToken(tokenizer: Tokenizer, file: string, piece: string, id: unknown): void {
  const found = idOf(tokenizer, piece);
  if (found === id) return;
  const is = found === undefined ? "lacks" : `has as ${found}`;
  throw new Error(
    `${file}: ${JSON.stringify(piece)} with id ${JSON.stringify(id)} is a token that the vocabulary ${is}; ` +
      "expected a tokenizer.json beside it, which can hold added tokens",
  );
}

function idOf(tokenizer: Tokenizer, piece: string): number | undefined {
  const [, sentinel] = SENTINEL.exec(piece) ?? [];
  return sentinel === undefined ? tokenizer.idOf(piece) : tokenizer.special.sentinels[Number(sentinel)];
}

/** The marks that transformers names, and ours; the others (`cls_token` and so on) a T5 doesn't write. */
const MARKS = { eos_token: "end", unk_token: "unknown", pad_token: "pad" } as const;

function checkSpecial(tokenizer: Tokenizer, file: string, fields: Record<string, unknown>): void {
  for (const [field, role] of Object.entries(MARKS)) {
    const piece = contentOf(fields[field]);
    if (piece === undefined) continue;
    const id = tokenizer.special[role];
    if (tokenizer.idOf(piece) === id) continue;
    const own = id === -1 ? "none" : JSON.stringify(tokenizer.pieceOf(id));
    throw new Error(`${file}: ${field}: expected ${own}, as the vocabulary has it, got ${JSON.stringify(piece)}`);
  }
  const additional = fields.additional_special_tokens;
  for (const token of Array.isArray(additional) ? additional : []) {
    const piece = contentOf(token) ?? "";
    if (idOf(tokenizer, piece) !== undefined) continue;
    throw new Error(
      `${file}: additional_special_tokens: expected tokens of the vocabulary, got ${JSON.stringify(piece)}; ` +
        "a tokenizer.json can hold added tokens",
    );
  }
}

/** A token as transformers writes it: a text, or an object with one. */
function contentOf(token: unknown): string | undefined {
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}

function fieldsOf(file: string, json: unknown): Record<string, unknown> {
  if (json === undefined) return {};
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Error(`${file}: expected an object, got ${JSON.stringify(json)?.slice(0, 80)}`);
  }
  return json as Record<string, unknown>;
}
