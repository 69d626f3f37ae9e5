import { describe, expect, it } from "vitest";
import { encodeMarks, joinEncodings } from "./encoding.js";

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
  it("puts every list behind the other's", () => {
    const joined = joinEncodings([marks, padding]);
    for (const [name, list] of Object.entries(joined)) {
      const key = name as keyof typeof marks;
      expect(list).toEqual([...marks[key], ...padding[key]]);
    }
    expect(joinEncodings([marks])).toEqual(marks);
    expect(joinEncodings([]).ids).toEqual([]);
  });
});
