import { describe, expect, it } from "vitest";
import { matrixRows } from "./int-matrix.js";
import { packBatch } from "./pack-batch.js";

const OPTIONS = { inputLength: 6, labelLength: 5, padId: 0, decoderStartId: 0 };
const EXAMPLES = [
  { inputIds: [5, 6, 1], labels: [7, 1] },
  { inputIds: [8, 1], labels: [9, 1] },
  { inputIds: [4, 1], labels: [3, 1] },
];

describe("packBatch", () => {
  it("puts examples side by side in rows", () => {
    const batch = packBatch(EXAMPLES, OPTIONS);
    expect(matrixRows(batch.inputIds)).toEqual([
      [5, 6, 1, 8, 1, 0],
      [4, 1, 0, 0, 0, 0],
    ]);
    expect(matrixRows(batch.inputSegmentIds)[0]).toEqual([1, 1, 1, 2, 2, 0]);
    expect(matrixRows(batch.inputPositions)[0]).toEqual([0, 1, 2, 0, 1, 0]);
    expect(matrixRows(batch.labels)).toEqual([
      [7, 1, 9, 1, -100],
      [3, 1, -100, -100, -100],
    ]);
    expect(matrixRows(batch.decoderInputIds)[0]).toEqual([0, 7, 0, 9, 0]);
    expect(matrixRows(batch.decoderSegmentIds)[0]).toEqual([1, 1, 2, 2, 0]);
    expect(matrixRows(batch.decoderPositions)[0]).toEqual([0, 1, 0, 1, 0]);
  });

  it("refuses what would be cut, and labels that aren't ids", () => {
    expect(() => packBatch([{ inputIds: [1], labels: [1, 1, 1, 1, 1, 1] }], OPTIONS)).toThrow(
      "packBatch: examples[0].labels: expected at most 5 ids, got 6",
    );
    expect(() => packBatch([{ inputIds: [1], labels: [-100] }], OPTIONS)).toThrow("got an ignored label");
    expect(() => packBatch([], OPTIONS)).toThrow("packBatch: expected at least one example, got none");
  });
});
