import { BpeTokenizer } from "./bpe-tokenizer.js";
import type { Normalizer } from "./normalizers/normalizer.js";
import type { SpecialIds } from "./tokenizer.js";
import { type ParsedTokenizer, parseTokenizerJson } from "./tokenizer-json.js";

/** Which tokens have a meaning to the model, where a vocabulary calls them by other names than usual. */
export type SpecialNames = { readonly [Role in "pad" | "end" | "unknown" | "start" | "mask"]?: string | undefined };

/**
 * A tokenizer from the contents of a tokenizer.json.
 *
 * @param toNormalizer Makes its normalizer, which may be of a type that isn't known here.
 * @throws TokenizerJsonError that names the first field it can't accept.
 */
export function loadTokenizer(
  json: unknown,
  names: SpecialNames = {},
  toNormalizer?: (json: unknown) => Normalizer,
): BpeTokenizer {
  const parsed = parseTokenizerJson(json, toNormalizer);
  return new BpeTokenizer(parsed, findSpecialIds(parsed, names));
}

// The names that T5, Llama, GPT-2, BART, BERT, Qwen and their like use; the first that's there and special counts.
const USUAL_NAMES = {
  pad: ["<pad>", "[PAD]", "<|pad|>", "<|endoftext|>"],
  end: ["</s>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>", "<eos>", "[SEP]"],
  unknown: ["<unk>", "[UNK]"],
  start: ["<s>", "<|begin_of_text|>", "<bos>", "[CLS]"],
  mask: ["<mask>", "[MASK]"],
} as const;

function findSpecialIds(
  { addedTokens, modelOptions, postProcessor, idOf }: ParsedTokenizer,
  names: SpecialNames,
): SpecialIds {
  const special = new Map(addedTokens.filter((token) => token.special).map((token) => [token.content, token.id]));
  const find = (role: keyof typeof USUAL_NAMES, known?: number): number => {
    const name = names[role];
    if (name === undefined)
      return known ?? USUAL_NAMES[role].map((usual) => special.get(usual)).find((id) => id !== undefined) ?? -1;
    const id = idOf(name);
    if (id === undefined)
      throw new Error(`loadTokenizer: names.${role}: expected a piece of the vocabulary, got "${name}"`);
    return id;
  };
  const sentinels: number[] = [];
  for (let id = idOf("<extra_id_0>"); id !== undefined; id = idOf(`<extra_id_${sentinels.length}>`)) sentinels.push(id);
  // The marks that the template writes at both ends are the ones meant.
  const first = postProcessor.single[0]!;
  const last = postProcessor.single.at(-1)!;
  return {
    pad: find("pad"),
    end: find("end", "ids" in last ? last.ids.at(-1) : undefined),
    unknown: find("unknown", modelOptions.unknown),
    start: find("start", "ids" in first ? first.ids[0] : undefined),
    mask: find("mask"),
    sentinels,
  };
}
