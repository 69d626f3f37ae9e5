import { buildDoubleArray, type DoubleArrayOptions, keysOf } from "./build-double-array.js";
import { type DoubleArray, hasValue, LABEL_MASK, offsetOf, TAIL } from "./double-array.js";

/**
 * A trie of pieces, whose values are their places in a list. It has only as many bytes of a piece as tell it from all others;
 * the rest, its tail, is compared with the list (Aoe 1989). Half of all nodes would be in tails.
 */
export type PieceTrie = {
  readonly units: DoubleArray;
  /** The pieces, each followed by a 0 byte, and where each begins. */
  readonly pieces: Uint8Array;
  readonly starts: Int32Array;
};

/** @param ids The place of each piece, or `NO_KEY` for one that is left out. */
export function buildPieceTrie(
  pieces: Uint8Array,
  starts: Int32Array,
  ids: Int32Array,
  options: Pick<DoubleArrayOptions, "onRepeat"> = {},
): PieceTrie {
  return { units: buildDoubleArray(pieces, ids, { ...options, hasTails: true }), pieces, starts };
}

export function pieceTrieOf(texts: readonly string[]): PieceTrie {
  const pieces = keysOf(texts);
  return buildPieceTrie(
    pieces,
    startsOf(pieces, texts.length),
    Int32Array.from(texts, (_, id) => id),
  );
}

/** Where each of `count` texts begins, of which each is followed by a 0 byte. */
export function startsOf(bytes: Uint8Array, count: number): Int32Array {
  const starts = new Int32Array(count);
  for (let id = 1; id < count; id++) starts[id] = bytes.indexOf(0, starts[id - 1]!) + 1;
  return starts;
}

/** The id of the piece `bytes[start, end)`, or -1. */
export function findPiece(trie: PieceTrie, bytes: Uint8Array, start: number, end: number): number {
  const { units } = trie;
  let place = 0;
  let unit = units[0]!;
  for (let i = start; i < end; ) {
    const byte = bytes[i++]!;
    place ^= offsetOf(unit) ^ byte;
    unit = units[place]!;
    if ((unit & LABEL_MASK) !== byte) return -1;
    if (!hasValue(unit)) continue;
    const value = units[place ^ offsetOf(unit)]! & 0x7fffffff;
    if (value >= TAIL) return endOfTail(trie, value, bytes, start, i, end) === end ? value - TAIL : -1;
    if (i === end) return value;
  }
  return -1;
}

/**
 * Where a piece ends that begins at `start`, or -1 if its tail isn't what is at `at`.
 *
 * @param value The value in the trie, which is at least `TAIL`.
 */
export function endOfTail(
  { pieces, starts }: PieceTrie,
  value: number,
  bytes: Uint8Array,
  start: number,
  at: number,
  end: number,
): number {
  let from = starts[value - TAIL]! + at - start;
  let to = at;
  for (let byte = pieces[from]!; byte !== 0; byte = pieces[++from]!) {
    if (to === end || bytes[to++] !== byte) return -1;
  }
  return to;
}
