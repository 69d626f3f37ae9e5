import type { SpecialIds } from "@t5ts/tokenizer-bpe";
import { type ParsedUnigram, parseUnigramJson } from "./unigram-json.js";
import { UnigramTokenizer } from "./unigram-tokenizer.js";

export type UnigramOptions = {
  /** Whether decoding takes away spaces before signs, as transformers does where tokenizer_config.json says `clean_up_tokenization_spaces`. No by default. */
  readonly cleanUpSpaces?: boolean | undefined;
};

/**
 * A tokenizer from the contents of a tokenizer.json with a unigram model.
 *
 * @throws TokenizerJsonError that names the first field it can't accept.
 */
export function loadUnigram(json: unknown, { cleanUpSpaces = false }: UnigramOptions = {}): UnigramTokenizer {
  const parsed = parseUnigramJson(json);
  return new UnigramTokenizer(parsed, findSpecialIds(parsed), cleanUpSpaces);
}

function findSpecialIds({ addedTokens, pieces, unknown, postProcessor }: ParsedUnigram): SpecialIds {
  const ids = new Map([
    ...pieces.map((piece, id) => [piece, id] as const),
    ...addedTokens.map(({ content, id }) => [content, id] as const),
  ]);
  const find = (...names: string[]): number => names.map((name) => ids.get(name)).find((id) => id !== undefined) ?? -1;
  const sentinels: number[] = [];
  for (let id = find("<extra_id_0>"); id >= 0; id = find(`<extra_id_${sentinels.length}>`)) sentinels.push(id);
  // The marks that the template writes at both ends are the ones meant.
  const first = postProcessor.single[0];
  const last = postProcessor.single.at(-1);
  return {
    pad: find("<pad>", "[PAD]"),
    end: last !== undefined && "ids" in last ? last.ids.at(-1)! : find("</s>", "[SEP]"),
    unknown: unknown >= 0 ? unknown : find("<unk>", "[UNK]"),
    start: first !== undefined && "ids" in first ? first.ids[0]! : find("<s>", "[CLS]"),
    mask: find("<mask>", "[MASK]"),
    sentinels,
  };
}
