import { describe, expect, it } from "vitest";
import { batchesByLength } from "./batches-by-length.js";

const items = (...lengths: number[]) => lengths.map((length) => ({ inputIds: Array<number>(length).fill(5) }));

describe("batchesByLength", () => {
  it("puts each place into one batch, longest first, equal ones in their order", () => {
    expect(batchesByLength(items(3, 9, 3, 7, 9), 2)).toEqual([[1, 4], [3, 0], [2]]);
  });

  it("has no batch for nothing", () => {
    expect(batchesByLength([], 4)).toEqual([]);
  });
});
