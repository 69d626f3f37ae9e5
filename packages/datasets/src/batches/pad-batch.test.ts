import { describe, expect, it } from "vitest";
import type { Seq2SeqExample } from "../seq2seq-example.js";
import { matrixRows } from "./int-matrix.js";
import { type PadOptions, padBatch } from "./pad-batch.js";

const EXAMPLES: Seq2SeqExample[] = [
  { inputIds: [5, 6, 1], labels: [7, 1], task: "a" },
  { inputIds: [8, 1], labels: [9, -100, 1], numCut: 4 },
];
const OPTIONS: PadOptions = { padId: 0, decoderStartId: 2, vocabSize: 10, inputLengths: [2, 4, 8], labelLengths: [3] };

describe("padBatch", () => {
  it("pads both sides and shifts the labels right", () => {
    const batch = padBatch(EXAMPLES, OPTIONS);
    expect(matrixRows(batch.inputIds)).toEqual([
      [5, 6, 1, 0],
      [8, 1, 0, 0],
    ]);
    expect(matrixRows(batch.inputMask)).toEqual([
      [1, 1, 1, 0],
      [1, 1, 0, 0],
    ]);
    expect(matrixRows(batch.labels)).toEqual([
      [7, 1, -100],
      [9, -100, 1],
    ]);
    expect(matrixRows(batch.decoderInputIds)).toEqual([
      [2, 7, 0],
      [2, 9, 0],
    ]);
  });

  it("counts ids, labels and what was cut, and keeps the tasks", () => {
    const { numInputIds, numLabels, numCut, tasks } = padBatch(EXAMPLES, OPTIONS);
    expect([numInputIds, numLabels, numCut, tasks]).toEqual([5, 4, 4, ["a", undefined]]);
  });

  it("counts an id equal to padId within a text as text", () => {
    const { inputMask, numInputIds } = padBatch([{ inputIds: [0, 0], labels: [1] }], OPTIONS);
    expect([[...inputMask.data], numInputIds]).toEqual([[1, 1], 2]);
  });

  it("pads to multiples of 8 unless told", () => {
    const { padId, decoderStartId, vocabSize } = OPTIONS;
    const example = { inputIds: new Array<number>(9).fill(3), labels: [1] };
    const { inputIds, labels } = padBatch([example], { padId, decoderStartId, vocabSize });
    expect([inputIds.columns, labels.columns]).toEqual([16, 8]);
  });

  it("names an example that is too long, an id outside the vocabulary and an example without labels", () => {
    const long = { inputIds: new Array<number>(9).fill(3), labels: [1] };
    expect(() => padBatch([EXAMPLES[0]!, long], OPTIONS)).toThrow(
      "padBatch: examples[1].inputIds: expected at most 8 ids, got 9",
    );
    expect(() => padBatch([{ inputIds: [3, 10], labels: [1] }], OPTIONS)).toThrow(
      "padBatch: examples[0].inputIds[1]: expected an integer from 0 to 9, got 10",
    );
    expect(() => padBatch([{ inputIds: [3], labels: [-1] }], OPTIONS)).toThrow(
      "examples[0].labels[0]: expected an integer",
    );
    expect(() => padBatch([{ inputIds: [3], labels: [] }], OPTIONS)).toThrow(
      "examples[0].labels: expected at least one label, got none",
    );
    expect(() => padBatch([], OPTIONS)).toThrow("padBatch: expected at least one example, got none");
  });
});
