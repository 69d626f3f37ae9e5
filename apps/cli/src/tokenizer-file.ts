import { type BpeTokenizer, loadTokenizer } from "@t5ts/tokenizer-bpe";
import { readJson } from "./input-file.js";
import { UsageError } from "./usage-error.js";

/** Loads a tokenizer.json. */
export async function openTokenizer(path: string): Promise<BpeTokenizer> {
  if (/\.(model|spm|vocab)$/.test(path)) {
    throw new UsageError(`${path}: expected a tokenizer.json of byte pair encoding; no other format is read`);
  }
  return readJson(path, "a tokenizer.json", (json) => loadTokenizer(json));
}
