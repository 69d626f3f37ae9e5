import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tagSchemeOf, tagSpans } from "./tag-spans.js";

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

  it("takes tags without a type, and types with a hyphen", () => {
    expect(tagSpans(tags("B I O O B-a-b I-a-b"))).toEqual([
      { type: "", start: 0, end: 2 },
      { type: "a-b", start: 4, end: 6 },
    ]);
  });

  it.each(["B-PER E-PER O S-LOC", "B-PER L-PER O U-LOC", "B-PER E-PER O W-LOC"])(
    "reads schemes that mark ends: %s",
    (text) => {
      expect(tagSpans(tags(text))).toEqual([
        { type: "PER", start: 0, end: 2 },
        { type: "LOC", start: 3, end: 4 },
      ]);
    },
  );

  it("takes what has no beginning, no end or two types for no span, where ends are marked", () => {
    expect(tagSpans(tags("B-A M-A M-A E-A"))).toEqual([{ type: "A", start: 0, end: 4 }]);
    for (const text of ["B-A I-A O S-A", "I-A E-A S-A", "E-A S-A", "B-A E-B S-A", "B-A B-A S-A"]) {
      expect(
        tagSpans(tags(text)).map(({ end, start }) => end - start),
        text,
      ).toEqual([1]);
    }
    expect(tagSpans(tags("B-A B-A E-A"))).toEqual([{ type: "A", start: 1, end: 3 }]);
  });

  it("names a tag of no known scheme, and tags of two", () => {
    for (const tag of ["x", "B-", "b-PER", "PER", "", "B_PER", "X-PER"]) {
      expect(() => tagSpans(["O", tag])).toThrow(`tagSpans: tags[1]: expected O, or B, I, E, S, L, U, M or W, alone`);
    }
    expect(() => tagSpans(tags("B-A E-A U-A"))).toThrow(
      "expected tags of one scheme (IOB, IOBES, BILOU, BMES, BMEWO), got B in tags[0], E in tags[1], U in tags[2]",
    );
    expect(() => tagSpans(["U-A"], tagSchemeOf([["S-A"]]))).toThrow("tags[0]: expected O, or B or I or E or S, alone");
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
