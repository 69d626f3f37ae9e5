import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { openT5Files, tokenizerFromJson } from "@t5ts/tokenizer-sentencepiece";
import { readingInput } from "../usage-error.js";
import { MOST_JSON_BYTES, parseJson, readBytes } from "./input-file.js";

const EXPECTED = "a tokenizer.json or a .model file";

/** Opens a tokenizer.json, of byte pair encoding or unigram, or a .model file of SentencePiece, whatever its name. */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  const file = await readBytes(path, EXPECTED, MOST_JSON_BYTES);
  if (!/\.(model|spm)$/.test(path) && !isBinary(file)) {
    return parseJson(path, file, (json) => tokenizerFromJson(json));
  }
  return openingModel(path, () => openT5Files({ model: file }));
}

/** Whether a file has control characters that no JSON has, soon; those of SentencePiece begin with the numbers of fields. */
function isBinary(file: Uint8Array): boolean {
  return file.subarray(0, 1000).some((byte) => byte < 0x09);
}

/** Opens the tokenizer of a model folder: its `tokenizer.json`, or a `spiece.model` with its companions, or ByT5's bytes. */
export async function openFolderTokenizer(folder: string): Promise<Tokenizer> {
  const path = (name: string): string => join(folder, name);
  if (await exists(path("tokenizer.json"))) return openTokenizer(path("tokenizer.json"));
  const [hasModel, hasConfig] = [await exists(path("spiece.model")), await exists(path(COMPANIONS.tokenizerConfig))];
  if (!hasModel && !hasConfig) return openTokenizer(path("tokenizer.json")); // which says that it isn't there
  const model = hasModel ? await readBytes(path("spiece.model"), EXPECTED, MOST_JSON_BYTES) : undefined;
  const companions: Record<string, unknown> = {};
  for (const [field, name] of Object.entries(COMPANIONS)) {
    if (!(await exists(path(name)))) continue;
    const file = await readBytes(path(name), `the JSON of a ${name}`, MOST_JSON_BYTES);
    companions[field] = await parseJson(path(name), file, (json) => json);
  }
  return openingModel(folder, () => openT5Files({ model, ...companions }));
}

/** What may stand beside a `spiece.model`. */
const COMPANIONS = {
  tokenizerConfig: "tokenizer_config.json",
  addedTokens: "added_tokens.json",
  specialTokensMap: "special_tokens_map.json",
} as const;

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** What is wrong with a model file, or a companion, is the user's to mend. */
function openingModel(path: string, open: () => Tokenizer): Promise<Tokenizer> {
  return readingInput(() => {
    try {
      return open();
    } catch (cause) {
      throw new Error(`${path}: ${(cause as Error).message.replace(/^SentencePiece model: /, "")}`, { cause });
    }
  });
}
