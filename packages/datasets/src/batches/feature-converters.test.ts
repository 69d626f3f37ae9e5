import { describe, expect, it } from "vitest";
import {
  encoderDecoderFeatures,
  languageModelFeatures,
  maskedLmFeatures,
  prefixLmFeatures,
} from "./feature-converters.js";

const EXAMPLES = [
  { inputs: [7, 8, 5, 1], targets: [3, 9, 1] },
  { inputs: [8, 4, 1], targets: [4, 1] },
];
const LENGTHS = { inputs: 8, targets: 6 };

describe("encoderDecoderFeatures", () => {
  it("packs", () => {
    expect(encoderDecoderFeatures(EXAMPLES, { lengths: LENGTHS, layout: "packed", startId: 0 })).toEqual([
      {
        inputIds: [7, 8, 5, 1, 8, 4, 1, 0],
        inputSegmentIds: [1, 1, 1, 1, 2, 2, 2, 0],
        inputPositions: [0, 1, 2, 3, 0, 1, 2, 0],
        targetIds: [3, 9, 1, 4, 1, 0],
        decoderInputIds: [0, 3, 9, 0, 4, 0],
        lossWeights: [1, 1, 1, 1, 1, 0],
        segmentIds: [1, 1, 1, 2, 2, 0],
        positions: [0, 1, 2, 0, 1, 0],
      },
    ]);
  });

  it("pads", () => {
    const [row] = encoderDecoderFeatures(EXAMPLES, { lengths: LENGTHS, layout: "padded", startId: 2, padId: 0 });
    expect(row).toEqual({
      inputIds: [7, 8, 5, 1, 0, 0, 0, 0],
      targetIds: [3, 9, 1, 0, 0, 0],
      decoderInputIds: [2, 3, 9, 1, 0, 0],
      lossWeights: [1, 1, 1, 0, 0, 0],
    });
  });

  it("refuses what is too long", () => {
    expect(() =>
      encoderDecoderFeatures(EXAMPLES, { lengths: { inputs: 3, targets: 3 }, layout: "padded", startId: 0 }),
    ).toThrow("features: examples[0].inputs: expected at most 3 ids, got 4; trim them before");
  });
});

describe("languageModelFeatures", () => {
  it("has only a decoder", () => {
    expect(languageModelFeatures(EXAMPLES, { lengths: { targets: 4 }, layout: "padded", startId: 0 })[1]).toEqual({
      targetIds: [4, 1, 0, 0],
      decoderInputIds: [0, 4, 1, 0],
      lossWeights: [1, 1, 0, 0],
    });
  });
});

describe("prefixLmFeatures", () => {
  const options = {
    lengths: { inputs: 4, targets: 3 },
    layout: "padded",
    startId: 0,
    lossOnTargetsOnly: true,
  } as const;

  it("shows the inputs, shifted, from everywhere, and leaves them out of the loss", () => {
    expect(prefixLmFeatures(EXAMPLES, options)[1]).toEqual({
      targetIds: [8, 4, 1, 4, 1, 0, 0],
      decoderInputIds: [0, 8, 4, 1, 4, 1, 0],
      lossWeights: [0, 0, 0, 1, 1, 0, 0],
      prefixMask: [1, 1, 1, 1, 0, 0, 0],
    });
    const everywhere = prefixLmFeatures(EXAMPLES, { ...options, lossOnTargetsOnly: false });
    expect(everywhere[1]?.lossWeights).toEqual([1, 1, 1, 1, 1, 0, 0]);
  });

  it("packs into rows as long as both sides together", () => {
    const rows = prefixLmFeatures(EXAMPLES, { ...options, lengths: { inputs: 6, targets: 7 }, layout: "packed" });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      targetIds: [7, 8, 5, 1, 3, 9, 1, 8, 4, 1, 4, 1, 0],
      segmentIds: [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0],
      prefixMask: [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0],
      lossWeights: [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0],
    });
  });

  it("weighs suffixes, or targets where there's none", () => {
    const examples = [
      { inputs: [9], targets: [3], suffixes: [2, 1] },
      { inputs: [9], targets: [3], suffixes: [] },
    ];
    const lengths = { inputs: 1, targets: 1, suffixes: 2 };
    const rows = prefixLmFeatures(examples, { ...options, lengths });
    expect(rows.map(({ suffixWeights }) => suffixWeights)).toEqual([
      [0, 0, 1, 1],
      [0, 1, 0, 0],
    ]);
    expect(rows[0]?.lossWeights).toEqual([0, 1, 1, 1]);
  });
});

describe("maskedLmFeatures", () => {
  it("counts the masked places", () => {
    const examples = [{ inputs: [8, 9, 1], targets: [8, 7, 1] }];
    expect(maskedLmFeatures(examples, { lengths: { inputs: 4, targets: 4 }, layout: "packed", maskId: 9 })).toEqual([
      {
        inputIds: [8, 9, 1, 0],
        targetIds: [8, 7, 1, 0],
        lossWeights: [0, 1, 0, 0],
        segmentIds: [1, 1, 1, 0],
        positions: [0, 1, 2, 0],
      },
    ]);
  });
});
