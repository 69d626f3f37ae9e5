import { describe, expect, it } from "vitest";
import { wscReferent } from "./wsc.js";

describe("wscReferent", () => {
  it("ignores case and determiners", () => {
    expect([wscReferent("A potato", "my Potato"), wscReferent(" the turnip ", "turnip")]).toEqual([1, 1]);
  });

  it("accepts a part for the whole, either way", () => {
    expect([wscReferent("bunny", "the fuzzy bunny"), wscReferent("fuzzy bunny", "bunny")]).toEqual([1, 1]);
    expect(wscReferent("fuzzy cat", "fuzzy bunny")).toBe(0);
  });

  it("gives no label to an answer that says nothing", () => {
    expect([wscReferent("", "Bob"), wscReferent(" the ", "the turnip"), wscReferent("", "")]).toEqual([-1, -1, -1]);
  });

  it("tells an owner from what he owns", () => {
    expect([wscReferent("Bob", "Bob's hat"), wscReferent("Bob's", "Bob's hat")]).toEqual([0, 1]);
  });
});
