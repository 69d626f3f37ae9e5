/**
 * A trie over bytes in one array of 32-bit units, in the form that the Darts-clone library writes and SentencePiece's
 * compiled normalization rules are in.
 *
 * A unit is a node: bits 0–7 are the byte that leads to it; bit 8 says whether a key ends here; bits 10–30, shifted left
 * by 8 if bit 9 is set, are its offset. The node for the next byte is at `place ^ offset ^ byte`, if that unit has that
 * byte. The value of a key is in bits 0–30 of the unit at `place ^ offset`, whose bit 31 is set, so that no byte leads
 * there.
 */
export type DoubleArray = Int32Array;

/** What a unit must be equal to the byte in, to be the node that the byte leads to. */
export const LABEL_MASK: number = 0x800000ff | 0;

/** Where the children of a node are, relative to its place. */
export function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** Whether a key ends at a node. */
export function hasValue(unit: number): boolean {
  return (unit & 0x100) !== 0;
}

/** Added to the value of a key of which not all is in the trie. */
export const TAIL: number = 2 ** 30;

/** The length of the longest key that `bytes[start, end)` begins with; 0 for none. */
export function longestKey(trie: DoubleArray, bytes: Uint8Array, start: number, end: number): number {
  let place = 0;
  let unit = trie[0]!;
  let longest = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    place ^= offsetOf(unit) ^ byte;
    unit = trie[place]!;
    if ((unit & LABEL_MASK) !== byte) break;
    if (hasValue(unit)) longest = i + 1 - start;
  }
  return longest;
}
