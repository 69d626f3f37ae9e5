import { characterLength } from "../t5/utf8.js";
import { hasValue, LABEL_MASK, offsetOf, TAIL } from "../tries/double-array.js";
import { endOfTail, type PieceTrie, pieceTrieOf } from "../tries/piece-trie.js";
import type { ScoredTexts } from "./seed-pieces.js";

/** All ways to make one text of pieces; one text after the other, in arrays that are used again. */
export class TrainingLattice {
  readonly #scores: Float64Array;
  readonly #trie: PieceTrie;
  readonly #unknownScore: number;
  // The pieces in the text, by where they begin: from which byte to which, and which piece; -1 for an unknown character.
  #from: Int32Array = new Int32Array(1024);
  #to: Int32Array = new Int32Array(1024);
  #piece: Int32Array = new Int32Array(1024);
  #count = 0;
  #length = 0;
  // For each byte, of all ways to spell what is before it (after it), the logarithm of the sum of their probabilities.
  #before: Float64Array = new Float64Array(256);
  #after: Float64Array = new Float64Array(256);
  /** For each byte, the last of the best pieces up to it. */
  #best: Int32Array = new Int32Array(256);

  constructor({ texts, scores }: ScoredTexts) {
    this.#scores = scores;
    this.#trie = pieceTrieOf(texts);
    this.#unknownScore = scores.reduce((lowest, score) => Math.min(lowest, score), 0) - UNKNOWN_PENALTY;
  }

  /** Sets the text, `bytes[start, end)`. With `isSplit` the piece that is the whole text isn't used. */
  set(bytes: Uint8Array, start: number, end: number, isSplit = false): void {
    const trie = this.#trie;
    const { units } = trie;
    this.#count = 0;
    this.#length = end - start;
    this.#makeRoom(end - start);
    for (let at = start; at < end; ) {
      const next = at + characterLength(bytes[at]!);
      let hasCharacter = false;
      let place = 0;
      let unit = units[0]!;
      for (let i = at; i < end; ) {
        const byte = bytes[i++]!;
        place ^= offsetOf(unit) ^ byte;
        unit = units[place]!;
        if ((unit & LABEL_MASK) !== byte) break;
        if (!hasValue(unit)) continue;
        let piece = units[place ^ offsetOf(unit)]! & 0x7fffffff;
        if (piece >= TAIL) {
          i = endOfTail(trie, piece, bytes, at, i, end);
          if (i < 0) break;
          piece -= TAIL;
        }
        if (isSplit && at === start && i === end) continue;
        this.#add(at - start, i - start, piece);
        if (i === next) hasCharacter = true;
      }
      if (!hasCharacter) this.#add(at - start, next - start, -1);
      at = next;
    }
  }

  /** Adds to `expected`, for each piece, `weight` times how often it's expected in the text. Returns the logarithm of the text's probability. */
  addExpected(expected: Float64Array, weight: number): number {
    const before = this.#before;
    const after = this.#after;
    const length = this.#length;
    before.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    after.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    before[0] = 0;
    after[length] = 0;
    for (let i = 0; i < this.#count; i++) {
      const to = this.#to[i]!;
      before[to] = logAddExp(before[to]!, before[this.#from[i]!]! + this.#scoreOf(i));
    }
    for (let i = this.#count - 1; i >= 0; i--) {
      const from = this.#from[i]!;
      after[from] = logAddExp(after[from]!, after[this.#to[i]!]! + this.#scoreOf(i));
    }
    const total = before[length]!;
    for (let i = 0; i < this.#count; i++) {
      const piece = this.#piece[i]!;
      if (piece < 0) continue;
      const share = before[this.#from[i]!]! + this.#scoreOf(i) + after[this.#to[i]!]! - total;
      if (share > NEGLIGIBLE) expected[piece]! += weight * Math.exp(share);
    }
    return total;
  }

  /** Finds the best pieces and calls `visit` with each, the last first; -1 for an unknown character. Returns their score. */
  eachBest(visit: (piece: number) => void): number {
    const score = this.#before;
    const length = this.#length;
    score.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    score[0] = 0;
    for (let i = 0; i < this.#count; i++) {
      const to = this.#to[i]!;
      const sum = score[this.#from[i]!]! + this.#scoreOf(i);
      if (sum > score[to]!) {
        score[to] = sum;
        this.#best[to] = i;
      }
    }
    if (score[length] === Number.NEGATIVE_INFINITY) return score[length];
    for (let at = length; at > 0; at = this.#from[this.#best[at]!]!) visit(this.#piece[this.#best[at]!]!);
    return score[length]!;
  }

  #scoreOf(i: number): number {
    const piece = this.#piece[i]!;
    return piece < 0 ? this.#unknownScore : this.#scores[piece]!;
  }

  #add(from: number, to: number, piece: number): void {
    const i = this.#count++;
    if (i === this.#from.length) {
      this.#from = doubled(this.#from);
      this.#to = doubled(this.#to);
      this.#piece = doubled(this.#piece);
    }
    this.#from[i] = from;
    this.#to[i] = to;
    this.#piece[i] = piece;
  }

  #makeRoom(length: number): void {
    if (length < this.#before.length) return;
    this.#before = new Float64Array(length * 2);
    this.#after = new Float64Array(length * 2);
    this.#best = new Int32Array(length * 2);
  }
}

/** How much worse an unknown character is than the worst piece. */
const UNKNOWN_PENALTY = 10;

/** The logarithm of a share that changes no expectation. */
const NEGLIGIBLE = -50;

/** log(exp(a) + exp(b)), to about seven digits: a table is several times as fast as the functions, and this is most of the work. */
function logAddExp(a: number, b: number): number {
  const high = Math.max(a, b);
  const distance = Math.abs(a - b);
  if (!(distance < TABLE_END)) return high; // also if both are -∞
  const place = distance * STEPS;
  const step = place | 0;
  const left = TABLE[step]!;
  return high + left + (TABLE[step + 1]! - left) * (place - step);
}

const TABLE_END = 32;
const STEPS = 512;
const TABLE = Float64Array.from({ length: TABLE_END * STEPS + 2 }, (_, i) => Math.log1p(Math.exp(-i / STEPS)));

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
