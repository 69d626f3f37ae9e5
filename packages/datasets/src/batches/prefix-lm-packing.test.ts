import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { drawSplitPoint, packPrefixLmDecoderOnly, packPrefixLmEncoderDecoder } from "./prefix-lm-packing.js";

describe("packPrefixLmEncoderDecoder", () => {
  it("fills both rows with two texts cut so that they complement each other", () => {
    const row = packPrefixLmEncoderDecoder(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      3,
      { startId: 9 },
    );
    expect(row).toEqual({
      inputIds: [1, 2, 3, 5],
      inputSegmentIds: [1, 1, 1, 2],
      inputPositions: [0, 1, 2, 0],
      targetIds: [4, 6, 7, 8],
      decoderInputIds: [9, 9, 6, 7],
      lossWeights: [1, 1, 1, 1],
      segmentIds: [1, 2, 2, 2],
      positions: [0, 0, 1, 2],
    });
  });

  it("refuses texts of different lengths and a cut outside", () => {
    expect(() => packPrefixLmEncoderDecoder([[1, 2], [1]], 1)).toThrow("two texts of one length, got 2 and 1");
    expect(() =>
      packPrefixLmEncoderDecoder(
        [
          [1, 2],
          [1, 2],
        ],
        2,
      ),
    ).toThrow("splitPoint: expected an integer from 1 to 1, got 2");
  });
});

describe("packPrefixLmDecoderOnly", () => {
  it("leaves padding, and if asked the prefix, out of the loss", () => {
    const ids = [8, 9, 10, 11, 0];
    expect(packPrefixLmDecoderOnly(ids, 2, { lossOnTargetsOnly: true })).toEqual({
      targetIds: ids,
      decoderInputIds: [0, 8, 9, 10, 11],
      lossWeights: [0, 0, 1, 1, 0],
      prefixMask: [1, 1, 1, 0, 0],
    });
    expect(packPrefixLmDecoderOnly(ids, 2, { lossOnTargetsOnly: false }).lossWeights).toEqual([1, 1, 1, 1, 0]);
  });
});

describe("drawSplitPoint", () => {
  it("leaves an id on both sides", () => {
    const points = Array.from({ length: 100 }, (_, seed) => drawSplitPoint(4, createRng(seed)));
    expect([...new Set(points)].sort()).toEqual([1, 2, 3]);
    expect(() => drawSplitPoint(1, createRng(0))).toThrow("drawSplitPoint: length: expected at least 2, got 1");
  });
});
