import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { parseSciTldr, summarizePaper } from "./scitldr.js";

const RECORD = { title: "On x", source: ["We do x.", "It works."], target: ["x works.", "A method."] };

describe("SciTLDR", () => {
  it("asks for one of the summaries, each as often", () => {
    const targets = Array.from({ length: 400 }, (_, seed) => {
      const { inputs, targets } = summarizePaper(RECORD, createRng(seed));
      expect(inputs).toBe("summarize: We do x. It works.");
      return targets;
    });
    expect(new Set(targets)).toEqual(new Set(RECORD.target));
    expect(Math.abs(targets.filter((target) => target === "x works.").length - 200)).toBeLessThan(40);
  });

  it("takes a record and says what another lacks", () => {
    expect(parseSciTldr({ id: "1", ...RECORD })).toEqual(RECORD);
    for (const value of [null, { ...RECORD, target: [] }, { ...RECORD, source: [1] }]) {
      expect(() => parseSciTldr(value)).toThrow(
        'expected {"title": text, "source": [text, …], "target": [text, …]}, got',
      );
    }
  });
});
