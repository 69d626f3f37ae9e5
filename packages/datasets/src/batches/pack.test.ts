import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trimAndPack, trimAndPad, trimFeatures } from "./pack.js";

const LENGTHS = { inputs: 7, targets: 4 };

describe("trimAndPad", () => {
  it("cuts and fills the features that have a length, whatever a place of them holds", () => {
    const examples = [
      { inputs: [7, 8, 1], weights: [[3, 0.5]], idx: [4] },
      { inputs: [1, 2, 3, 4, 5, 6, 7, 8], weights: [], idx: [] },
    ];
    expect(trimAndPad(examples, { inputs: 5, weights: 2 })).toEqual([
      {
        inputs: [7, 8, 1, 0, 0],
        weights: [
          [3, 0.5],
          [0, 0],
        ],
        idx: [4],
      },
      { inputs: [1, 2, 3, 4, 5], weights: [0, 0], idx: [] },
    ]);
  });

  it("refuses to fill a feature whose places differ in size", () => {
    expect(() => trimAndPad([{ pairs: [[1, 2], [3]] }], { pairs: 3 })).toThrow(
      "trimAndPad: pairs: expected as many values at each place, got 2, 1",
    );
  });
});

describe("trimAndPack", () => {
  it("puts each example into one row, in order, whole but for what is trimmed", () => {
    const ids = fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 9 });
    fc.assert(
      fc.property(fc.array(fc.record({ inputs: ids, targets: ids }), { maxLength: 12 }), (examples) => {
        const rows = trimAndPack(examples, LENGTHS);
        const unpacked = rows.flatMap(({ inputs, targets }) => {
          const numSegments = Math.max(...inputs.segmentIds, ...targets.segmentIds);
          return Array.from({ length: numSegments }, (_, i) => ({
            inputs: inputs.ids.filter((_, j) => inputs.segmentIds[j] === i + 1),
            targets: targets.ids.filter((_, j) => targets.segmentIds[j] === i + 1),
          }));
        });
        // An example that is empty on both sides leaves no trace.
        const isThere = ({ inputs, targets }: { inputs: number[]; targets: number[] }) =>
          inputs.length + targets.length > 0;
        expect(unpacked.filter(isThere)).toEqual(trimFeatures(examples, LENGTHS).filter(isThere));
        for (const { inputs, targets } of rows) {
          expect([inputs.ids.length, targets.ids.length]).toEqual([7, 4]);
          for (const row of [inputs, targets]) {
            expect(row.positions).toEqual(
              row.segmentIds.map((id, i) => (id === 0 ? 0 : i - row.segmentIds.indexOf(id))),
            );
          }
        }
      }),
    );
  });

  it("begins a new row as soon as one feature is full", () => {
    const rows = trimAndPack(
      [
        { inputs: [5], targets: [6, 7, 8] },
        { inputs: [9], targets: [6, 7] },
      ],
      LENGTHS,
    );
    expect(rows.map(({ inputs }) => inputs.ids)).toEqual([
      [5, 0, 0, 0, 0, 0, 0],
      [9, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it("keeps a segment's number with its example when another's feature is empty", () => {
    const examples = [
      { inputs: [5], targets: [6] },
      { inputs: [], targets: [7] },
      { inputs: [8], targets: [9] },
    ];
    const [row] = trimAndPack(examples, LENGTHS);
    expect(row!.inputs.segmentIds).toEqual([1, 3, 0, 0, 0, 0, 0]);
    expect(row!.targets.segmentIds).toEqual([1, 2, 3, 0]);
  });

  it("drops padding at the end of an example", () => {
    const [row] = trimAndPack(
      [
        { inputs: [8, 7, 1, 0], targets: [4, 1, 0] },
        { inputs: [2, 3, 4], targets: [5] },
      ],
      LENGTHS,
    );
    expect([row!.inputs.ids, row!.targets.ids]).toEqual([
      [8, 7, 1, 2, 3, 4, 0],
      [4, 1, 5, 0],
    ]);
  });
});
