import { describe, expect, it } from "vitest";
import { encodeMarks, joinEncodings, sliceEncoding } from "./encoding.js";

const marks = encodeMarks([7, 8], ["<s>", "</s>"], 1, 1);
const padding = encodeMarks([0], ["<pad>"], 0, 0);

describe("encodeMarks", () => {
  it("stands for nothing in a text", () => {
    expect(marks).toEqual({
      ids: [7, 8],
      pieces: ["<s>", "</s>"],
      offsets: [
        [0, 0],
        [0, 0],
      ],
      wordIds: [null, null],
      sequenceIds: [null, null],
      typeIds: [1, 1],
      attentionMask: [1, 1],
      specialTokensMask: [1, 1],
    });
    expect(padding.attentionMask).toEqual([0]);
    expect(marks.offsets[0]).not.toBe(marks.offsets[1]);
  });
});

describe("joinEncodings", () => {
  it("puts every list behind the other's, and sliceEncoding takes them apart", () => {
    const joined = joinEncodings([marks, padding, marks]);
    expect(joined.ids).toEqual([7, 8, 0, 7, 8]);
    expect(joined.offsets).toHaveLength(5);
    expect([sliceEncoding(joined, 0, 2), sliceEncoding(joined, 2, 3), sliceEncoding(joined, 3, 5)]).toEqual([
      marks,
      padding,
      marks,
    ]);
    expect(joinEncodings([]).ids).toEqual([]);
  });
});
