import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spanF1, tagSpans } from "./span-f1.js";

const tags = (text: string): string[] => text.split(" ");

describe("tagSpans", () => {
  it("reads IOB2", () => {
    expect(tagSpans(tags("B-PER I-PER O B-LOC B-LOC"))).toEqual([
      { type: "PER", start: 0, end: 2 },
      { type: "LOC", start: 3, end: 4 },
      { type: "LOC", start: 4, end: 5 },
    ]);
  });

  it("opens a span at an I tag that continues none: at the start, after O, at another type", () => {
    const spans = tagSpans(tags("I-A O I-A I-B B-A I-B")).map(({ type, start, end }) => `${type}${start}${end}`);
    expect(spans).toEqual(["A01", "A23", "B34", "A45", "B56"]);
  });

  it("takes tags without a type, types with a hyphen, and anything else as outside", () => {
    expect(tagSpans(tags("B I b-X E-X B-a-b I-a-b"))).toEqual([
      { type: "", start: 0, end: 2 },
      { type: "a-b", start: 4, end: 6 },
    ]);
  });

  it("gets back any spans that were written as tags", () => {
    const lengths = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom("A", "B")),
    );
    fc.assert(
      fc.property(lengths, (list) => {
        const spans = [];
        const written: string[] = [];
        for (const [gap, length, type] of list) {
          written.push(...Array<string>(gap).fill("O"));
          spans.push({ type, start: written.length, end: written.length + length });
          written.push(`B-${type}`, ...Array<string>(length - 1).fill(`I-${type}`));
        }
        expect(tagSpans(written)).toEqual(spans);
      }),
    );
  });
});

describe("spanF1", () => {
  it("counts a span only with its type and both ends", () => {
    const { byType, ...all } = spanF1([tags("B-A I-A O B-B"), tags("B-A O")], [tags("B-A I-A O B-A"), tags("B-A I-A")]);
    // Right: the first A. Predicted: A, B, A. Wanted: A, A, A.
    expect(all).toEqual({
      truePositive: 1,
      predicted: 3,
      target: 3,
      precision: 1 / 3,
      recall: 1 / 3,
      f1: expect.closeTo(1 / 3, 15),
    });
    expect(byType).toEqual({
      A: { truePositive: 1, predicted: 2, target: 3, precision: 0.5, recall: 1 / 3, f1: 0.4 },
      B: { truePositive: 0, predicted: 1, target: 0, precision: 0, recall: 0, f1: 0 },
    });
  });

  it("is 0 where there are no spans at all", () => {
    expect(spanF1([["O"]], [["O"]])).toMatchObject({ precision: 0, recall: 0, f1: 0, byType: {} });
  });

  it("refuses sentences with other numbers of tags", () => {
    expect(() => spanF1([["O"]], [["O", "O"]])).toThrow("spanF1: predictions[0]: expected 2 tags, got 1");
  });
});
