import { describe, expect, it } from "vitest";
import { matrixRows } from "./int-matrix.js";
import { type EncoderPadOptions, padSequenceBatch, padTokenBatch } from "./pad-encoder-batch.js";

const OPTIONS: EncoderPadOptions = { padId: 0, vocabSize: 10, numClasses: 3, inputLengths: [4] };

describe("padTokenBatch", () => {
  it("pads ids and their labels alike", () => {
    const examples = [
      { inputIds: [5, 6, 1], labels: [2, -100, -100] },
      { inputIds: [7, 1], labels: [0, -100] },
    ];
    const { inputIds, inputMask, labels, numInputIds } = padTokenBatch(examples, OPTIONS);
    expect([inputIds, inputMask, labels].map(matrixRows)).toEqual([
      [
        [5, 6, 1, 0],
        [7, 1, 0, 0],
      ],
      [
        [1, 1, 1, 0],
        [1, 1, 0, 0],
      ],
      [
        [2, -100, -100, -100],
        [0, -100, -100, -100],
      ],
    ]);
    expect(numInputIds).toBe(5);
  });

  it("names a label too few, and one that isn't a class", () => {
    expect(() => padTokenBatch([{ inputIds: [5, 6], labels: [2] }], OPTIONS)).toThrow(
      "padTokenBatch: examples[0].labels: expected 2, one for each id, got 1",
    );
    expect(() => padTokenBatch([{ inputIds: [5], labels: [3] }], OPTIONS)).toThrow(
      "padTokenBatch: examples[0].labels[0]: expected an integer from 0 to 2, got 3",
    );
  });
});

describe("padSequenceBatch", () => {
  it("has one label for each example", () => {
    const { inputIds, labels } = padSequenceBatch(
      [
        { inputIds: [5, 1], label: 2 },
        { inputIds: [1], label: 0 },
      ],
      OPTIONS,
    );
    expect([inputIds.rows, inputIds.columns, [...labels]]).toEqual([2, 4, [2, 0]]);
  });

  it("names what is wrong", () => {
    expect(() => padSequenceBatch([{ inputIds: [5], label: 3 }], OPTIONS)).toThrow(
      "padSequenceBatch: examples[0].labels[0]: expected an integer from 0 to 2, got 3",
    );
    expect(() => padSequenceBatch([], OPTIONS)).toThrow("padSequenceBatch: expected at least one example, got none");
  });
});
