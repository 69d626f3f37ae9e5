import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { loadSentencePiece, loadT5Tokenizer, parseModel, tokenizerFromJson } from "@t5ts/tokenizer-sentencepiece";
import { readingInput } from "../usage-error.js";
import { MOST_JSON_BYTES, parseJson, readBytes } from "./input-file.js";

const EXPECTED = "a tokenizer.json or a .model file";

/** The files of a model folder that may hold its tokenizer; the first one there counts. */
const FOLDER_FILES = ["tokenizer.json", "spiece.model"];

/** Opens a tokenizer.json, of byte pair encoding or unigram, or a .model file of SentencePiece, whatever its name. */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  const file = await readBytes(path, EXPECTED, MOST_JSON_BYTES);
  if (!/\.(model|spm)$/.test(path) && !isBinary(file)) {
    return parseJson(path, file, (json) => tokenizerFromJson(json));
  }
  return readingInput(() => {
    try {
      return openModelFile(file);
    } catch (cause) {
      throw new Error(`${path}: ${(cause as Error).message.replace(/^SentencePiece model: /, "")}`, { cause });
    }
  });
}

/** Whether a file has control characters that no JSON has, soon; those of SentencePiece begin with the numbers of fields. */
function isBinary(file: Uint8Array): boolean {
  return file.subarray(0, 1000).some((byte) => byte < 0x09);
}

/** Opens the tokenizer of a model folder. */
export async function openFolderTokenizer(folder: string): Promise<Tokenizer> {
  for (const name of FOLDER_FILES) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => undefined)) !== undefined) return openTokenizer(path);
  }
  return openTokenizer(join(folder, "tokenizer.json")); // which says that it isn't there
}

/**
 * As T5 does: with the end mark, and 100 sentinels after the pieces where the file has none, as those of T5 haven't. A
 * vocabulary without an end is SentencePiece's alone.
 */
function openModelFile(file: Uint8Array): Tokenizer {
  const model = parseModel(file);
  const { eosPiece = "</s>" } = model.trainer;
  if (!model.pieces.some(({ piece, type }) => piece === eosPiece && type === "control"))
    return loadSentencePiece(model);
  const hasSentinels = model.pieces.some(({ piece }) => piece.replace("▁", "") === "<extra_id_0>");
  return loadT5Tokenizer(model, { extraIds: hasSentinels ? 0 : 100 });
}
