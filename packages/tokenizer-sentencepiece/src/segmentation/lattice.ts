import { characterLength } from "../t5/utf8.js";
import { hasValue, LABEL_MASK, offsetOf, TAIL } from "../tries/double-array.js";
import { endOfTail } from "../tries/piece-trie.js";
import type { UnigramVocabulary } from "./unigram.js";

/** All pieces that a text can be made of; of each, the bytes it takes, its id and its score. Node 0 is the start of the text. */
export type Lattice = {
  readonly begins: Int32Array;
  readonly ids: Int32Array;
  readonly scores: Float32Array;
  /** The nodes in the order in which they end: those that end at byte `i` are `endings[endsBefore[i]]` up to `endings[endsBefore[i + 1]]`. */
  readonly endings: Int32Array;
  readonly endsBefore: Int32Array;
};

/** Calls `visit` with each piece that begins at byte `at`, the shortest first; a character that has no piece is unknown. */
export function visitPieces(
  { trie, latticeScores, unknown, unknownScore }: UnigramVocabulary,
  bytes: Uint8Array,
  at: number,
  length: number,
  visit: (end: number, id: number, score: number) => void,
): void {
  const next = Math.min(at + characterLength(bytes[at]!), length);
  let hasCharacter = false;
  let place = 0;
  const { units } = trie;
  let unit = units[0]!;
  for (let i = at; i < length; ) {
    const byte = bytes[i++]!;
    place ^= offsetOf(unit) ^ byte;
    unit = units[place]!;
    if ((unit & LABEL_MASK) !== byte) break;
    if (!hasValue(unit)) continue;
    let id = units[place ^ offsetOf(unit)]! & 0x7fffffff;
    if (id >= TAIL) {
      i = endOfTail(trie, id, bytes, at, i, length);
      if (i < 0) break;
      id -= TAIL;
    }
    visit(i, id, latticeScores[id]!);
    if (i === next) hasCharacter = true;
  }
  if (!hasCharacter) visit(next, unknown, unknownScore);
}

export function buildLattice(vocabulary: UnigramVocabulary, bytes: Uint8Array, length: number): Lattice {
  const begins: number[] = [-1];
  const ends: number[] = [0];
  const ids: number[] = [-1];
  const scores: number[] = [0];
  for (let at = 0; at < length; at = Math.min(at + characterLength(bytes[at]!), length)) {
    visitPieces(vocabulary, bytes, at, length, (end, id, score) => {
      begins.push(at);
      ends.push(end);
      ids.push(id);
      scores.push(score);
    });
  }
  const endsBefore = new Int32Array(length + 2);
  for (const end of ends) endsBefore[end + 1]!++;
  for (let i = 0; i <= length; i++) endsBefore[i + 1]! += endsBefore[i]!;
  const endings = new Int32Array(ends.length);
  const filled = endsBefore.slice();
  for (let node = 0; node < ends.length; node++) endings[filled[ends[node]!]!++] = node;
  return {
    begins: Int32Array.from(begins),
    ids: Int32Array.from(ids),
    scores: Float32Array.from(scores),
    endings,
    endsBefore,
  };
}
