import { createRng } from "@t5ts/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  concatTokens,
  selectRandomChunk,
  splitTokens,
  splitTokensRandomly,
  trimTokensAtFront,
} from "./split-tokens.js";

const IDS = fc.array(fc.nat(99), { maxLength: 200 });

describe("splitTokens", () => {
  it("loses nothing, and only the last piece is shorter", () => {
    fc.assert(
      fc.property(IDS, fc.integer({ min: 1, max: 50 }), (ids, length) => {
        const pieces = splitTokens(ids, length);
        expect(pieces.flat()).toEqual(ids);
        expect(pieces.slice(0, -1).every((piece) => piece.length === length)).toBe(true);
        expect(pieces.every((piece) => piece.length > 0 && piece.length <= length)).toBe(true);
      }),
    );
  });

  it("names a bad length", () => {
    expect(() => splitTokens([1], 0)).toThrow("splitTokens: length: expected an integer from 1, got 0");
  });
});

describe("splitTokensRandomly", () => {
  it("draws one length for all pieces, log-uniformly", () => {
    const ids = Array.from({ length: 1000 }, (_, i) => i);
    const lengths = Array.from({ length: 1000 }, (_, seed) => {
      const pieces = splitTokensRandomly(ids, { minLength: 8, maxLength: 512 }, createRng(seed));
      expect(pieces.flat()).toEqual(ids);
      expect(new Set(pieces.slice(0, -1).map((piece) => piece.length)).size).toBe(1);
      return pieces[0]!.length;
    });
    expect([Math.min(...lengths) >= 8, Math.max(...lengths) <= 512]).toEqual([true, true]);
    // Half of them lie below the geometric mean, 64.
    expect(Math.abs(lengths.filter((length) => length < 64).length - 500)).toBeLessThan(4 * 15.9);
  });
});

describe("selectRandomChunk", () => {
  it("gives each piece of the split equally often", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      const chunk = selectRandomChunk([1, 2, 3, 4, 5, 6, 7], 3, createRng(seed)).join();
      counts.set(chunk, (counts.get(chunk) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["1,2,3", "4,5,6", "7"]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 25.9);
    expect(selectRandomChunk([], 3, createRng(0))).toEqual([]);
  });
});

describe("other cuts", () => {
  it("keep the end with room for a mark", () => {
    expect(trimTokensAtFront([10, 11, 12, 13, 14, 15], 4)).toEqual([13, 14, 15]);
    expect(trimTokensAtFront([10, 11], 4)).toEqual([10, 11]);
    expect(trimTokensAtFront([10, 11], 1)).toEqual([]);
  });

  it("join groups of texts without their padding", () => {
    expect(concatTokens([[5, 6, 0], [7], [8, 0]], { groupSize: 2 })).toEqual([[5, 6, 7], [8]]);
    expect(
      concatTokens(
        [
          [5, 0],
          [9, 6],
        ],
        { padId: 9 },
      ),
    ).toEqual([[5, 0, 6]]);
    expect(() => concatTokens([[1]], { groupSize: 0 })).toThrow("groupSize: expected an integer from 1, got 0");
  });
});
