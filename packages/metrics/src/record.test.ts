import { describe, expect, it } from "vitest";
import { record } from "./record.js";

describe("record", () => {
  it("counts a query once, however many answers it is repeated for", () => {
    const references = [["New York", "NYC"], ["New York", "NYC"], ["Bonn"]];
    expect(record(["NYC", "Paris", "Berlin"], references, [0, 0, 1])).toEqual({ em: 50, f1: 50 });
  });
});
