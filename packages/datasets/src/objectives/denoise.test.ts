import { createRng } from "@t5ts/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DESHUFFLING, type Denoising, denoise, LANGUAGE_MODEL, PREFIX_LM, wholeText } from "./denoise.js";
import { iidNoiseMask } from "./noise-mask.js";
import { noiseSpanToUniqueSentinel, noiseTokenToSentinel, nonnoiseSpanToUniqueSentinel } from "./noise-tokens.js";

const IDS = fc.array(fc.integer({ min: 10, max: 500 }), { minLength: 1, maxLength: 60 });

describe("denoise", () => {
  it("asks the three parts, and closes both sides with the end mark", () => {
    const objective: Denoising = {
      mask: () => [false, true, true, false],
      inputs: (ids, mask) => noiseSpanToUniqueSentinel(ids, mask, [99, 98]),
      targets: (ids, mask) => nonnoiseSpanToUniqueSentinel(ids, mask, [99, 98]),
    };
    expect(denoise([5, 6, 7, 8], objective, 1, createRng(0))).toEqual({
      inputIds: [5, 99, 8, 1],
      labels: [99, 6, 7, 98, 1],
    });
  });

  it("makes T5's baseline of masking with the whole text as the target", () => {
    const objective: Denoising = {
      mask: (length, rng) => iidNoiseMask(length, 0.15, rng),
      inputs: (ids, mask) => noiseTokenToSentinel(ids, mask, 99),
      targets: wholeText,
    };
    fc.assert(
      fc.property(IDS, fc.nat(), (ids, seed) => {
        const { inputIds, labels } = denoise(ids, objective, 1, createRng(seed));
        expect(labels).toEqual([...ids, 1]);
        expect(inputIds.every((id, i) => id === 99 || id === labels[i])).toBe(true);
      }),
    );
  });

  it("gives nothing for the language model", () => {
    expect(denoise([5, 6], LANGUAGE_MODEL, 1, createRng(0))).toEqual({ inputIds: [1], labels: [5, 6, 1] });
  });

  it("cuts a text in two for the prefix language model", () => {
    fc.assert(
      fc.property(IDS, fc.nat(), (ids, seed) => {
        const { inputIds, labels } = denoise(ids, PREFIX_LM, 1, createRng(seed));
        expect([...inputIds.slice(0, -1), ...labels]).toEqual([...ids, 1]);
        if (ids.length > 1) expect(Math.min(inputIds.length, labels.length)).toBeGreaterThan(1);
      }),
    );
  });

  it("gives the tokens in another order for deshuffling", () => {
    fc.assert(
      fc.property(IDS, fc.nat(), (ids, seed) => {
        const { inputIds, labels } = denoise(ids, DESHUFFLING, 1, createRng(seed));
        expect(labels).toEqual([...ids, 1]);
        expect([...inputIds].sort()).toEqual([...labels].sort());
        expect(inputIds.at(-1)).toBe(1);
      }),
    );
    const ids = Array.from({ length: 30 }, (_, i) => i + 10);
    expect(denoise(ids, DESHUFFLING, 1, createRng(0)).inputIds).not.toEqual([...ids, 1]);
  });
});
