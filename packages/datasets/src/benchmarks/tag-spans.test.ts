import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spanTags, tagSpans } from "./tag-spans.js";

describe("tagSpans", () => {
  it("reads IOB2, IOB1 and what a model tags wrongly", () => {
    expect(tagSpans(["B-PER", "I-PER", "B-PER", "O", "B-LOC"])).toEqual([
      { label: "PER", start: 0, end: 2 },
      { label: "PER", start: 2, end: 3 },
      { label: "LOC", start: 4, end: 5 },
    ]);
    expect(tagSpans(["I-PER", "I-PER", "I-LOC", "B-LOC"])).toEqual([
      { label: "PER", start: 0, end: 2 },
      { label: "LOC", start: 2, end: 3 },
      { label: "LOC", start: 3, end: 4 },
    ]);
    expect(tagSpans(["O", "x", "B-"])).toEqual([]);
  });

  it("gives spans from which the tags come back", () => {
    const tags = fc.array(fc.constantFrom("O", "B-a", "B-b", "I-a", "I-b"), { maxLength: 20 });
    fc.assert(
      fc.property(tags, (one) => {
        const spans = tagSpans(one);
        expect(tagSpans(spanTags(spans, one.length))).toEqual(spans);
        if (one.every((tag, i) => tag[0] !== "I" || one[i - 1]?.slice(1) === tag.slice(1))) {
          expect(spanTags(spans, one.length)).toEqual(one);
        }
      }),
    );
  });
});
