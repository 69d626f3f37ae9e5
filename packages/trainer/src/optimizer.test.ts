import { describe, expect, it } from "vitest";
import { isDecayed } from "./optimizer.js";

describe("isDecayed", () => {
  it("is for matrices that are neither a norm's nor a bias", () => {
    expect(isDecayed("encoder.blocks.0.feedForward.wi.weight", [512, 2048])).toBe(true);
    expect(isDecayed("embedding", [32128, 512])).toBe(true);
    expect(isDecayed("encoder.positionBias.weight", [32, 8])).toBe(false);
    expect(isDecayed("encoder.finalNorm.weight", [512])).toBe(false);
    expect(isDecayed("nextSentence.offset", [2])).toBe(false);
    expect(isDecayed("uncertainty.lm", [])).toBe(false);
  });
});
