import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { truncateAroundAnswer } from "./truncate-around-answer.js";

const TEXT = Array.from({ length: 30 }, (_, i) => i);

describe("truncateAroundAnswer", () => {
  it("takes every part that contains the answer, and no other", () => {
    const starts = new Set<number>();
    for (let seed = 0; seed < 400; seed++) {
      const part = truncateAroundAnswer(TEXT, [10, 11, 12], 10, createRng(seed))!;
      expect(part).toEqual(TEXT.slice(part[0], part[0]! + 10));
      starts.add(part[0]!);
    }
    expect([...starts].sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("stays within the text at its ends", () => {
    expect(truncateAroundAnswer(TEXT, [0, 1], 10, createRng(0))).toEqual(TEXT.slice(0, 10));
    expect(truncateAroundAnswer(TEXT, [28, 29], 10, createRng(0))).toEqual(TEXT.slice(20));
  });

  it("means the answer's first occurrence", () => {
    const repeated = [7, 8, ...TEXT.map(() => 0), 7, 8];
    expect(truncateAroundAnswer(repeated, [7, 8], 5, createRng(0))?.slice(0, 2)).toEqual([7, 8]);
  });

  it("leaves short texts alone and leaves out what has no answer, or one too long", () => {
    expect(truncateAroundAnswer([1, 2], [9], 2, createRng(0))).toEqual([1, 2]);
    expect(truncateAroundAnswer(TEXT, [29, 30], 10, createRng(0))).toBeUndefined();
    expect(truncateAroundAnswer(TEXT, TEXT.slice(0, 12), 10, createRng(0))).toBeUndefined();
  });
});
