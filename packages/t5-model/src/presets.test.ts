import { describe, expect, it } from "vitest";
import { countParameters } from "./checkpoint/checkpoint.js";
import { formatT5Config, parseT5Config } from "./checkpoint/parse-config.js";
import {
  DESCRIBED_TINY,
  T5_1_1_BASE,
  T5_1_1_LARGE,
  T5_1_1_SMALL,
  T5_1_1_XL,
  T5_1_1_XXL,
  T5_3B,
  T5_11B,
  T5_BASE,
  T5_LARGE,
  T5_SMALL,
  T5_TINY,
} from "./presets.js";

describe("presets", () => {
  // How many numbers the published checkpoints hold.
  it.each([
    ["t5-small", T5_SMALL, 60_506_624],
    ["t5-base", T5_BASE, 222_903_552],
    ["t5-large", T5_LARGE, 737_668_096],
    ["t5-3b", T5_3B, 2_851_598_336],
    ["t5-11b", T5_11B, 11_307_321_344],
    ["t5-v1_1-small", T5_1_1_SMALL, 76_961_152],
    ["t5-v1_1-base", T5_1_1_BASE, 247_577_856],
    ["t5-v1_1-large", T5_1_1_LARGE, 783_150_080],
    ["t5-v1_1-xl", T5_1_1_XL, 2_849_757_184],
    ["t5-v1_1-xxl", T5_1_1_XXL, 11_135_332_352],
  ])("have the published number of parameters: %s", (_, config, expected) => {
    expect(countParameters(config)).toBe(expected);
  });

  it.each([
    ["T5_TINY", T5_TINY],
    ["DESCRIBED_TINY", DESCRIBED_TINY],
  ])("are configurations that a file can hold: %s", (_, config) => {
    expect(parseT5Config(formatT5Config(config))).toEqual(config);
  });
});
