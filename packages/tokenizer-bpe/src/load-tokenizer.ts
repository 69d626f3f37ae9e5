import { BpeTokenizer } from "./bpe-tokenizer.js";
import type { SpecialIds } from "./tokenizer.js";
import { type ParsedTokenizer, parseTokenizerJson } from "./tokenizer-json.js";

/** Which tokens have a meaning to the model, where a vocabulary calls them by other names than usual. */
export type SpecialNames = { readonly [Role in "pad" | "end" | "unknown" | "start" | "mask"]?: string | undefined };

/**
 * A tokenizer from the contents of a tokenizer.json.
 *
 * @throws TokenizerJsonError that names the first field it can't accept.
 */
export function loadTokenizer(json: unknown, names: SpecialNames = {}): BpeTokenizer {
  const parsed = parseTokenizerJson(json);
  return new BpeTokenizer(parsed, findSpecialIds(parsed, names));
}

// The names that T5, Llama, GPT-2, BART, BERT, Qwen and their like use; the first that's there counts.
const USUAL_NAMES = {
  pad: ["<pad>", "[PAD]", "<|pad|>", "<|endoftext|>"],
  end: ["</s>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>", "<eos>", "[SEP]"],
  unknown: ["<unk>", "[UNK]"],
  start: ["<s>", "<|begin_of_text|>", "<bos>", "[CLS]"],
  mask: ["<mask>", "[MASK]"],
} as const;

function findSpecialIds(parsed: ParsedTokenizer, names: SpecialNames): SpecialIds {
  const { ids, pieces } = parsed.vocabulary;
  const added = new Map(parsed.addedTokens.map((token) => [token.content, token.id]));
  const idOf = (piece: string): number | undefined => added.get(piece) ?? ids.get(piece);
  const find = (role: keyof typeof USUAL_NAMES): number => {
    const name = names[role];
    if (name === undefined) return USUAL_NAMES[role].map(idOf).find((id) => id !== undefined) ?? -1;
    const id = idOf(name);
    if (id === undefined)
      throw new Error(`loadTokenizer: names.${role}: expected a piece of the vocabulary, got "${name}"`);
    return id;
  };
  const sentinels: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const id = idOf(`<extra_id_${i}>`);
    if (id === undefined) break;
    sentinels.push(id);
  }
  return {
    pad: find("pad"),
    end: find("end"),
    unknown: parsed.modelOptions.unknown ?? find("unknown"),
    start: find("start"),
    mask: find("mask"),
    sentinels,
  };
}
