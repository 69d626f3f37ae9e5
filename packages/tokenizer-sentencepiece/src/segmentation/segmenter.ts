/** Finds the pieces of a normalized text. */
export interface Segmenter {
  /** Appends the ids of `bytes[0, length)`, and the byte where each piece ends if `ends` is given. */
  segment(bytes: Uint8Array, length: number, ids: number[], ends?: number[]): void;
}
