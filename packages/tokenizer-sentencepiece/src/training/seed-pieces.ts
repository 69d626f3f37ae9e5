import { eachRepeat, suffixArray } from "../tries/suffix-array.js";
import { isPiece, type PieceRules } from "./piece-rules.js";
import { type Sentences, textOf } from "./training-sentences.js";

/** Pieces while training: their texts, and the logarithm of the probability of each. */
export type ScoredTexts = { readonly texts: readonly string[]; readonly scores: Float64Array };

/**
 * The pieces to begin with: all characters, and the stretches that occur more than once, of which those that make up the
 * most of the text are kept.
 */
export function seedPieces({ codePoints, alphabet }: Sentences, rules: PieceRules, most: number): ScoredTexts {
  const { ranks, alphabetSize } = rankCharacters(codePoints);
  const starts: number[] = [];
  const lengths: number[] = [];
  const weights: number[] = [];
  eachRepeat(ranks, suffixArray(ranks, alphabetSize), (start, length, count) => {
    if (length < 2 || !isPiece(codePoints, start, start + length, rules)) return;
    starts.push(start);
    lengths.push(length);
    weights.push(count * length);
  });
  let order = Int32Array.from(starts, (_, i) => i);
  if (order.length > most) order = order.sort((a, b) => weights[b]! - weights[a]! || a - b).subarray(0, most);

  const texts: string[] = [];
  const counts: number[] = [];
  for (const [code, count] of alphabet) {
    if (count === 0) continue; // required, but not in the texts
    texts.push(String.fromCodePoint(code));
    counts.push(count);
  }
  for (const i of order) {
    texts.push(textOf(codePoints, starts[i]!, starts[i]! + lengths[i]!));
    counts.push(weights[i]!);
  }
  const total = Math.log(counts.reduce((sum, count) => sum + count, 0));
  return { texts, scores: Float64Array.from(counts, (count) => Math.log(count) - total) };
}

/** The characters as small numbers in the order of their code points. */
function rankCharacters(codePoints: Int32Array): { ranks: Int32Array; alphabetSize: number } {
  const codes = Int32Array.from(new Set(codePoints)).sort();
  const rankOf = new Int32Array((codes.at(-1) ?? 0) + 1);
  for (const [rank, code] of codes.entries()) rankOf[code] = rank;
  return { ranks: codePoints.map((code) => rankOf[code]!), alphabetSize: codes.length };
}
