import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSentencePiece, type SentencePieceTokenizer } from "@t5ts/tokenizer-sentencepiece";
import { VECTORS } from "./run-vectors.js";

/** Where the models may be: `T5_FIXTURES`, `fixtures` beside the folder of vectors, or beside the repository. */
const PLACES: string[] = [
  process.env.T5_FIXTURES ?? join(VECTORS, "../fixtures"),
  fileURLToPath(new URL("../../../shared/fixtures", import.meta.url)),
];
const FIXTURES: string = PLACES.find((place) => existsSync(place)) ?? (PLACES[0] as string);

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
