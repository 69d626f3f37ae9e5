import { keysOf } from "../tries/build-double-array.js";
import type { Turns } from "../turns.js";
import type { ScoredTexts } from "./seed-pieces.js";
import { TrainingLattice } from "./training-lattice.js";
import type { CountedTexts } from "./training-sentences.js";

/**
 * Keeps the `most` pieces without which the texts would lose the most of their likelihood. Kudo 2018, section 3.2.
 *
 * The loss of a piece is estimated as if all its occurrences became the best other way to spell it, and nothing else
 * changed. Pieces that can't be spelled otherwise stay; those that aren't in the best spelling of any text go.
 */
export async function prunePieces(
  pieces: ScoredTexts,
  corpus: CountedTexts,
  most: number,
  turns: Turns,
): Promise<ScoredTexts> {
  const lattice = new TrainingLattice(pieces);
  const { frequency, textTotal } = await countBest(lattice, pieces.texts.length, corpus, turns);
  const total = frequency.reduce((sum, count) => sum + count, 0);
  const logTotal = Math.log(total);

  const kept: number[] = [];
  const losses: { readonly piece: number; readonly loss: number }[] = [];
  for (const [piece, text] of pieces.texts.entries()) {
    if (turns.isOver()) await turns.next();
    const count = frequency[piece]!;
    if (count === 0) continue;
    const bytes = keysOf([text]);
    lattice.set(bytes, 0, bytes.length - 1, true);
    const others: number[] = [];
    let isKnown = true;
    const score = lattice.eachBest((other) => {
      if (other < 0) isKnown = false;
      else others.push(other);
    });
    if (!isKnown || others.length === 0) {
      kept.push(piece);
      continue;
    }
    if (score > pieces.scores[piece]!) continue; // it isn't even the best way to spell itself
    const logTotalWithout = Math.log(total + count * (others.length - 1));
    let logWithout = 0;
    for (const other of others) logWithout += Math.log(frequency[other]! + count) - logTotalWithout;
    const loss = (count / textTotal) * (Math.log(count) - logTotal - logWithout);
    losses.push({ piece, loss });
  }
  losses.sort((a, b) => b.loss - a.loss || a.piece - b.piece);
  for (const { piece } of losses.slice(0, Math.max(0, most - kept.length))) kept.push(piece);
  return {
    texts: kept.map((piece) => pieces.texts[piece]!),
    scores: Float64Array.from(kept, (piece) => pieces.scores[piece]!),
  };
}

/** How often each piece is in the best spellings of the texts, and how many texts there are. */
async function countBest(
  lattice: TrainingLattice,
  pieceCount: number,
  corpus: CountedTexts,
  turns: Turns,
): Promise<{ frequency: Float64Array; textTotal: number }> {
  const frequency = new Float64Array(pieceCount);
  let textTotal = 0;
  for (let i = 0, start = 0; i < corpus.ends.length; start = corpus.ends[i++]!) {
    const count = corpus.counts[i]!;
    lattice.set(corpus.bytes, start, corpus.ends[i]!);
    lattice.eachBest((piece) => {
      if (piece >= 0) frequency[piece]! += count;
    });
    textTotal += count;
    if (turns.isOver()) await turns.next();
  }
  return { frequency, textTotal };
}
