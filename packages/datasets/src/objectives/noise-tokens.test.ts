import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import {
  dropNoiseTokens,
  dropNonnoiseTokens,
  noiseSpanToSentinel,
  noiseSpanToUniqueSentinel,
  noiseTokenToGatheredToken,
  noiseTokenToRandomToken,
  noiseTokenToRandomTokenOrSentinel,
  noiseTokenToSentinel,
  nonnoiseSpanToSentinel,
  nonnoiseSpanToUniqueSentinel,
  permuteNoiseTokens,
} from "./noise-tokens.js";

const IDS = [10, 11, 12, 13, 14, 15];
const MASK = [true, true, false, false, true, false];
const SENTINELS = [99, 98, 97];

describe("noise functions", () => {
  it("replace tokens and spans by sentinels", () => {
    expect(noiseTokenToSentinel(IDS, MASK, 99)).toEqual([99, 99, 12, 13, 99, 15]);
    expect(noiseSpanToSentinel(IDS, MASK, 99)).toEqual([99, 12, 13, 99, 15]);
    expect(nonnoiseSpanToSentinel(IDS, MASK, 99)).toEqual([10, 11, 99, 14, 99]);
    expect(noiseSpanToUniqueSentinel(IDS, MASK, SENTINELS)).toEqual([99, 12, 13, 98, 15]);
    expect(nonnoiseSpanToUniqueSentinel(IDS, MASK, SENTINELS)).toEqual([10, 11, 99, 14, 98]);
  });

  it("refuse more spans than there are sentinels", () => {
    expect(() => noiseSpanToUniqueSentinel(IDS, MASK, [99])).toThrow(
      "noiseSpanToUniqueSentinel: expected at most 1 spans, one for each sentinel, got more",
    );
  });

  it("drop tokens", () => {
    expect(dropNoiseTokens(IDS, MASK)).toEqual([12, 13, 15]);
    expect(dropNonnoiseTokens(IDS, MASK)).toEqual([10, 11, 14]);
  });

  it("put the noise tokens in every order, each equally often, and leave the others", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      const permuted = permuteNoiseTokens(IDS, MASK, createRng(seed));
      expect([permuted[2], permuted[3], permuted[5]]).toEqual([12, 13, 15]);
      const order = dropNonnoiseTokens(permuted, MASK).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(4 * 20.4);
  });

  it("draw from the text or the vocabulary, ends included, for noise tokens only", () => {
    const gathered = new Set<number>();
    const random = new Set<number>();
    for (let seed = 0; seed < 300; seed++) {
      const one = noiseTokenToGatheredToken(IDS, MASK, createRng(seed));
      const other = noiseTokenToRandomToken(IDS, MASK, { lowest: 3, highest: 6 }, createRng(seed));
      for (const result of [one, other]) expect(dropNoiseTokens(result, MASK)).toEqual([12, 13, 15]);
      for (const id of dropNonnoiseTokens(one, MASK)) gathered.add(id);
      for (const id of dropNonnoiseTokens(other, MASK)) random.add(id);
    }
    expect([...gathered].sort()).toEqual(IDS);
    expect([...random].sort()).toEqual([3, 4, 5, 6]);
  });

  it("take a random token with the wished probability, else the sentinel", () => {
    const options = { randomProbability: 0.2, randomIds: { lowest: 3, highest: 6 }, sentinelId: 99 };
    const everything = new Array<boolean>(10_000).fill(true);
    const result = noiseTokenToRandomTokenOrSentinel(everything.map(Number), everything, options, createRng(1));
    const sentinels = result.filter((id) => id === 99).length;
    expect(Math.abs(sentinels - 8000)).toBeLessThan(4 * 40);
    expect(result.every((id) => id === 99 || (id >= 3 && id <= 6))).toBe(true);
  });
});
