import { createRng } from "@t5ts/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BERT_MASKING, type MaskedLmOptions, maskedLm } from "./masked-lm.js";

const OPTIONS: MaskedLmOptions = {
  ...BERT_MASKING,
  maskId: 4,
  randomIds: { lowest: 100, highest: 199 },
  specialIds: [0, 1],
};

describe("maskedLm", () => {
  it("labels exactly the chosen places with what was there, at least one, never a mark", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 }), fc.nat(), (ids, seed) => {
        const example = maskedLm(ids, OPTIONS, createRng(seed));
        const ordinary = ids.filter((id) => id > 1).length;
        expect(example === undefined).toBe(ordinary === 0);
        const { inputIds, labels } = example ?? { inputIds: [...ids], labels: ids.map(() => -100) };
        expect([inputIds.length, labels.length]).toEqual([ids.length, ids.length]);
        const chosen = labels.filter((label) => label !== -100).length;
        expect(Math.abs(chosen - ordinary * 0.15)).toBeLessThanOrEqual(ordinary < 4 ? 1 : 0.5);
        expect(chosen >= 1).toBe(ordinary >= 1);
        for (const [i, label] of labels.entries()) {
          if (label === -100) expect(inputIds[i]).toBe(ids[i]);
          else expect([ids[i], label > 1]).toEqual([label, true]);
        }
      }),
    );
  });

  it("masks 80%, replaces 10% and keeps 10%", () => {
    const ids = new Array<number>(40_000).fill(50);
    const { inputIds, labels } = maskedLm(ids, OPTIONS, createRng(8))!;
    const chosen = inputIds.filter((_, i) => labels[i] !== -100);
    expect(chosen.length).toBe(6000);
    const counts = [4, 50].map((id) => chosen.filter((input) => input === id).length);
    const random = chosen.filter((input) => input >= 100 && input <= 199).length;
    expect(counts[0]! + counts[1]! + random).toBe(6000);
    expect(Math.abs(counts[0]! - 4800)).toBeLessThan(4 * 31);
    expect(Math.abs(counts[1]! - 600)).toBeLessThan(4 * 23.3);
    expect(Math.abs(random - 600)).toBeLessThan(4 * 23.3);
  });

  it("refuses fractions beyond 1", () => {
    expect(() => maskedLm([5], { ...OPTIONS, keptFraction: 0.95 }, createRng(0))).toThrow(
      "maskedLm: randomFraction, keptFraction: expected fractions with a sum up to 1, got 0.1, 0.95",
    );
  });
});
