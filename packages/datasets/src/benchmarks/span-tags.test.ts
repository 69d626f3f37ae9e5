import { tagSpans } from "@t5ts/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spanTags } from "./span-tags.js";

describe("spanTags", () => {
  it("writes tags from which the spans come back", () => {
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
