import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardText } from "../testing/hard-texts.js";
import { graphemeEnd } from "./graphemes.js";

const SEGMENTER = new Intl.Segmenter("und", { granularity: "grapheme" });

const theirs = (text: string): string[] => Array.from(SEGMENTER.segment(text), ({ segment }) => segment);

function ours(text: string): string[] {
  const graphemes: string[] = [];
  for (let at = 0; at < text.length; at += graphemes.at(-1)!.length) {
    graphemes.push(text.slice(at, graphemeEnd(text, at, text.length)));
  }
  return graphemes;
}

describe("graphemeEnd", () => {
  it("is where the platform's segmenter cuts, for every character of the first plane, emoji and tags between others", () => {
    const wrong: string[] = [];
    // One of each class that joins something to what is before or behind it.
    const around = ["a", "\u0301", "\u200d😀", "\u1100", "\u1161", "\u11a8", "🇩"];
    for (let code = 0; code < 0xe1000; code++) {
      if (code === 0x10000) code = 0x1f000;
      if (code === 0x20000) code = 0xe0000;
      const character = String.fromCodePoint(code);
      const text = `${around.map((each) => `a${character}${each}`).join("")}😀${character}🇩${character}`;
      if (ours(text).join("|") !== theirs(text).join("|")) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it("is where the platform's segmenter cuts in texts, but for Indic conjuncts", () => {
    const parts = fc.constantFrom(
      ..."a\r\n\u0301\u200d\u0600\u0903\u1100\u1161\u11a8가각🇩🇪😀👍🏽\u00ad한é",
      "👨‍👩‍👧",
      "🇫🇷",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(parts).map((each) => each.join("")),
          hardText,
        ),
        (text) => {
          if (!text.includes("हिन्दी")) expect(ours(text)).toEqual(theirs(text));
        },
      ),
      { numRuns: 3000, examples: [["👍\u200d\u200d😀"], ["👍\u200d\u0301\u200d😀"]] },
    );
  });
});
