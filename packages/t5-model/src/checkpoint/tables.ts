import { hasEqualTensors, type Safetensors } from "@t5ts/tensor-core";
import type { T5Config } from "../config.js";
import { hasHuggingFaceNames, parseT5Config } from "./parse-config.js";

const SHARED = "shared.weight";
const ENCODER = "encoder.embed_tokens.weight";
const DECODER = "decoder.embed_tokens.weight";
const OUTPUT = "lm_head.weight";

/**
 * Where Hugging Face's files hold the table that a parameter is, the first name that is there being it: a table that
 * several places share is stored under one of their names, or under each.
 */
export function tableNames(
  { tieWordEmbeddings, sharesEmbedding }: T5Config,
  path: string,
  file: Safetensors,
): readonly string[] {
  switch (path) {
    case "embedding.weight":
      if (!sharesEmbedding) return [ENCODER, SHARED];
      return [ENCODER, SHARED, DECODER, ...(tieWordEmbeddings ? [OUTPUT] : [])];
    case "decoderEmbedding.weight":
      return [DECODER, SHARED];
    case "lmHead.weight":
      // An output layer that isn't stored is tied to the shared table, also where the decoder has another.
      return file.entries.has(DECODER) ? [OUTPUT, SHARED] : [OUTPUT];
    default:
      return [];
  }
}

/**
 * Reads the configuration of a `config.json` and the file beside it. What the file holds decides which tables are one, as in
 * transformers 5, which writes `tie_word_embeddings: true` for every T5 and unties on loading what differs:
 *
 * - an own `lm_head.weight` that differs from the decoder's table is the output layer; one that equals it is tied;
 * - an `encoder.embed_tokens.weight` or `decoder.embed_tokens.weight` that differs is a table of its own, and the output
 *   layer, if it isn't stored, is the shared one;
 * - logits are scaled as `scale_decoder_outputs` says; where it isn't written, as in T5 v1.0 if the output is tied and
 *   `tie_word_embeddings` doesn't deny it, and never in mT5. An untied UMT5 isn't scaled: so it was trained (T5X).
 *   transformers 5 scales it; `"scale_decoder_outputs": true` asks for that.
 *
 * @throws Error naming the field that can't be accepted, or the table that is missing.
 */
export async function configOfFile(json: unknown, file: Safetensors): Promise<T5Config> {
  const config = parseT5Config(json);
  const has = (name: string): boolean => file.entries.has(name);
  if (!hasHuggingFaceNames(config) || ![SHARED, ENCODER, DECODER, OUTPUT].some(has)) return config;
  const first = (...names: string[]): string | undefined => names.find(has);
  const said = json as { tie_word_embeddings?: unknown; scale_decoder_outputs?: unknown };
  const isUntied = said.tie_word_embeddings === false;
  if (isUntied && !has(OUTPUT)) {
    throw new Error(`${file.name} lacks "${OUTPUT}"; "tie_word_embeddings": false in the config asks for it`);
  }
  const encoder = first(ENCODER, SHARED, DECODER, OUTPUT) as string;
  const decoder = first(DECODER, SHARED, ENCODER, OUTPUT) as string;
  const output = first(OUTPUT, SHARED, DECODER, ENCODER) as string;
  const areEqual = async (a: string, b: string): Promise<boolean> => a === b || hasEqualTensors(file, a, b);
  const sharesEmbedding = await areEqual(encoder, decoder);
  const tieWordEmbeddings = await areEqual(decoder, output);
  // What follows from the config alone, if it isn't written, holds for a tied output.
  const scaleDecoderOutputs = config.scaleDecoderOutputs && (tieWordEmbeddings || said.scale_decoder_outputs === true);
  return { ...config, sharesEmbedding, tieWordEmbeddings, scaleDecoderOutputs };
}

/**
 * Finds a table of a file that a model with this configuration doesn't read, though it isn't what it reads in its place.
 *
 * @returns Its name, or undefined if there is none.
 */
export async function findIgnoredTable(config: T5Config, file: Safetensors): Promise<string | undefined> {
  if (!hasHuggingFaceNames(config)) return undefined;
  const read = (path: string): string | undefined =>
    tableNames(config, path, file).find((name) => file.entries.has(name));
  const embedding = read("embedding.weight");
  const decoder = config.sharesEmbedding ? embedding : read("decoderEmbedding.weight");
  const output = config.tieWordEmbeddings ? decoder : read("lmHead.weight");
  const places = [
    [DECODER, decoder],
    [OUTPUT, output],
    [SHARED, embedding, decoder, output],
  ] as const;
  for (const [name, ...stands] of places) {
    if (!file.entries.has(name) || stands.includes(name)) continue;
    const equal = await Promise.all(stands.map((other) => other !== undefined && hasEqualTensors(file, name, other)));
    if (!equal.includes(true)) return name;
  }
  return undefined;
}
