import type { BpeVocabulary } from "./bpe-vocabulary.js";
import { utf8 } from "./byte-alphabet.js";
import { characterEnd } from "./character-end.js";
import { bytesOfPiece, UTF8 } from "./decoders/byte-level.js";
import { PairTable } from "./pair-table.js";

/** Where the first part of `text[start, end)` ends. */
export type WordCutter = (text: string, start: number, end: number) => number;

/**
 * Cuts words where that changes nothing of what the merges make of them: between characters that none joins.
 *
 * Scripts without spaces, rows of emoji and files without a pre-tokenizer give the model long texts as one word.
 *
 * @param isKnown Whether a character has a piece, or others stand in for it that aren't in any merge.
 */
export function wordCutter(
  { pieces, merges }: BpeVocabulary,
  isByteLevel: boolean,
  isKnown: (code: number) => boolean,
): WordCutter {
  const joined = new PairTable();
  const edgesOf = isByteLevel ? byteEdges : characterEdges;
  const edges = pieces.map((piece = "") => edgesOf(piece));
  for (let i = 0; i < merges.length; i += 3) joined.intern(edges[merges[i]!]!.last, edges[merges[i + 1]!]!.first);
  const has = (left: number, right: number): boolean => joined.find(left, right) >= 0;
  const isJoined = (left: number, right: number): boolean => {
    if (has(left, right)) return true;
    if (!isByteLevel) return !isKnown(left) || !isKnown(right);
    const last = -utf8(left).at(-1)!;
    const first = -utf8(right)[0]!;
    return has(left, first) || has(last, right) || has(last, first);
  };
  return (text, start, end) => {
    let at = start;
    for (let code = text.codePointAt(at)!; ; ) {
      at = characterEnd(text, at);
      if (at >= end) return end;
      const before = code;
      code = text.codePointAt(at)!;
      if (!isJoined(before, code)) return at;
    }
  };
}

/** The first and the last character of a piece, or minus one of its bytes where the piece has not all of the character. */
type Edges = { readonly first: number; readonly last: number };

function characterEdges(piece: string): Edges {
  const last = piece.codePointAt(piece.length - 2)!; // undefined if there's one unit only
  return { first: piece.codePointAt(0)!, last: last > 0xffff ? last : piece.charCodeAt(piece.length - 1) };
}

/** Of the text whose bytes a piece's characters stand for: U+FFFD is where it begins or ends within a character. */
function byteEdges(piece: string): Edges {
  const bytes = bytesOfPiece(piece);
  const { first, last } = characterEdges(UTF8.decode(bytes));
  return { first: first === 0xfffd ? -bytes[0]! : first, last: last === 0xfffd ? -bytes.at(-1)! : last };
}
