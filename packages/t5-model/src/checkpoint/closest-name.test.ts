import { describe, expect, it } from "vitest";
import { closestName, suggest } from "./closest-name.js";

const KNOWN = ["d_model", "d_ff", "num_layers", "num_decoder_layers", "dropout_rate"];

describe("closestName", () => {
  it.each([
    ["dmodel", "d_model"],
    ["dModel", "d_model"],
    ["d_modle", "d_model"],
    ["num_layer", "num_layers"],
    ["dropuot_rate", "dropout_rate"],
    ["num_decoder_layer", "num_decoder_layers"],
    ["dropout", undefined],
    ["temperature", undefined],
    ["", undefined],
    ["d_model".repeat(1_000_000), undefined],
  ])("is the known name within a third of the letters: %.20s", (name, expected) => {
    expect(closestName(name, KNOWN)).toBe(expected);
  });
});

describe("suggest", () => {
  it("ends a message", () => {
    expect(suggest(closestName("dmodel", KNOWN))).toBe('; did you mean "d_model"?');
    expect(suggest(closestName("temperature", KNOWN))).toBe("");
  });
});
