import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSentencePiece, type SentencePieceTokenizer } from "@t5ts/tokenizer-sentencepiece";
import { VECTORS } from "./run-vectors.js";

/** Where the models are: `T5_FIXTURES`, or `fixtures` beside the folder of vectors. */
const FIXTURES: string = process.env.T5_FIXTURES ?? join(VECTORS, "../fixtures");

export function readFixture(name: string): Uint8Array {
  return readFileSync(join(FIXTURES, "sentencepiece", name));
}

const loaded = new Map<string, SentencePieceTokenizer>();

/** The tokenizer of a model file; each is loaded once. */
export function sentencePiece(model: string): SentencePieceTokenizer {
  let tokenizer = loaded.get(model);
  if (tokenizer === undefined) {
    tokenizer = loadSentencePiece(readFixture(model));
    loaded.set(model, tokenizer);
  }
  return tokenizer;
}
