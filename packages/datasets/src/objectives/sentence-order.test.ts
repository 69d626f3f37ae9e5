import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { sentenceOrderExample, sentenceOrderPair } from "./sentence-order.js";

describe("sentence order", () => {
  it("asks for the order that puts the sentences right", () => {
    const sentences = ["One.", "Two.", "Three.", "Four."];
    const orders = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { inputs, targets } = sentenceOrderExample(sentences, createRng(seed));
      const shown = new Map([...inputs.matchAll(/(\d): (\w+\.)/g)].map(([, number, text]) => [number!, text!]));
      expect(targets.split(" ").map((number) => shown.get(number))).toEqual(sentences);
      orders.add(targets);
    }
    expect(orders.size).toBe(24);
  });

  it("exchanges the two of a pair half of the time, and says so", () => {
    const pairs = Array.from({ length: 400 }, (_, seed) => sentenceOrderPair("a", "b", createRng(seed)));
    for (const { first, second, inOrder } of pairs) expect(first + second).toBe(inOrder ? "ab" : "ba");
    expect(Math.abs(pairs.filter(({ inOrder }) => inOrder).length - 200)).toBeLessThan(40);
  });
});
