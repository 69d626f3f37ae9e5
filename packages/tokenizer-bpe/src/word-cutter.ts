import type { BpeVocabulary } from "./bpe-model.js";
import { characterEnd } from "./character-end.js";
import { PairTable } from "./pair-table.js";

/** Where the first part of `text[start, end)` ends. */
export type WordCutter = (text: string, start: number, end: number) => number;

/**
 * Cuts words where that changes nothing of what the merges make of them: between characters that none joins.
 *
 * Files without a pre-tokenizer give the model whole texts as one word.
 *
 * @param isKnown Whether a character has a piece: what stands in for others may be in a merge too.
 */
export function wordCutter({ pieces, merges }: BpeVocabulary, isKnown: (code: number) => boolean): WordCutter {
  const joined = new PairTable();
  for (let i = 0; i < merges.length; i += 3) {
    const left = pieces[merges[i]!]!;
    const last = left.codePointAt(left.length - 2)!; // undefined if there's one unit only
    joined.intern(last > 0xffff ? last : left.charCodeAt(left.length - 1), pieces[merges[i + 1]!]!.codePointAt(0)!);
  }
  return (text, start, end) => {
    let at = start;
    for (let code = text.codePointAt(at)!; ; ) {
      at = characterEnd(text, at);
      if (at >= end) return end;
      const before = code;
      code = text.codePointAt(at)!;
      if (joined.find(before, code) < 0 && isKnown(before) && isKnown(code)) return at;
    }
  };
}
