import { describe, expect, it } from "vitest";
import { shiftRight, shiftRightInSegments } from "./shift-right.js";

describe("shiftRight", () => {
  it("puts the start in front and drops the last", () => {
    expect(shiftRight([3, 8, 1], 0)).toEqual([0, 3, 8]);
    expect(shiftRight([], 0)).toEqual([]);
  });
});

describe("shiftRightInSegments", () => {
  it("starts anew in each segment", () => {
    expect(shiftRightInSegments([3, 8, 1, 9, 6, 5, 4, 1, 0, 0], [1, 1, 1, 2, 2, 3, 3, 3, 0, 0], 7)).toEqual([
      7, 3, 8, 7, 9, 7, 5, 4, 7, 0,
    ]);
  });

  it("equals shifting each segment by itself", () => {
    const segments = [[3, 8, 1], [9], [5, 4, 6, 1]];
    const segmentIds = segments.flatMap((ids, i) => ids.map(() => i + 1));
    expect(shiftRightInSegments(segments.flat(), segmentIds, 2)).toEqual(segments.flatMap((ids) => shiftRight(ids, 2)));
  });

  it("refuses rows of rows, and lists of different lengths", () => {
    const rows = [[1], [2]] as unknown as number[];
    expect(() => shiftRightInSegments(rows, [1, 2], 0)).toThrow("ids: expected one row of ids, got rows");
    expect(() => shiftRightInSegments([1], [1, 2], 0)).toThrow("segmentIds: expected 1, one for each id, got 2");
  });
});
