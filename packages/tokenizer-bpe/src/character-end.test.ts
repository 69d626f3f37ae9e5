import { expect, it } from "vitest";
import { characterEnd } from "./character-end.js";

it("goes over one unit or, for a pair, two", () => {
  const text = "a😀中\ud83d\ue000\ude00";
  expect([0, 1, 3, 4, 5, 6].map((start) => characterEnd(text, start))).toEqual([1, 3, 4, 5, 6, 7]);
  expect(characterEnd("\ud83d", 0)).toBe(1);
});
