/**
 * What the decoder reads to write `items`: the same, one place later, after `start`.
 *
 * [3, 8, 1] → [start, 3, 8]
 */
export function shiftRight<T>(items: readonly T[], start: T): T[] {
  return items.length === 0 ? [] : [start, ...items.slice(0, -1)];
}

/**
 * The same for a row that several examples share: each of them begins with `startId`.
 *
 * ids [3, 8, 1, 4, 1, 0], segments [1, 1, 1, 2, 2, 0] → [start, 3, 8, start, 4, start]
 *
 * Padding counts as one more segment and so begins with `startId` too, as in seqio; nothing attends to it.
 *
 * @throws TypeError unless both are lists of numbers, RangeError unless they have the same length.
 */
export function shiftRightInSegments(ids: readonly number[], segmentIds: readonly number[], startId: number): number[] {
  if (!ids.every((id) => typeof id === "number")) {
    throw new TypeError("shiftRightInSegments: ids: expected one row of ids, got rows; segments are for one row only");
  }
  if (ids.length !== segmentIds.length) {
    throw new RangeError(
      `shiftRightInSegments: segmentIds: expected ${ids.length}, one for each id, got ${segmentIds.length}`,
    );
  }
  return ids.map((_, i) => (i > 0 && segmentIds[i] === segmentIds[i - 1] ? ids[i - 1]! : startId));
}
