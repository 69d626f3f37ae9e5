import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tokenizer } from "../seq2seq-example.js";
import { splitLongText, type TextPiece } from "./split-long-text.js";

const words: Tokenizer = { encode: (text) => (text.match(/\w+|[^\w\s]/g) ?? []).map((word) => word.length) };
const bytes: Tokenizer = { encode: (text) => [...new TextEncoder().encode(text)] };
// More text can have fewer ids, as where two pieces merge; and each text has a mark.
const merging: Tokenizer = {
  encode: (text) => [...text.replaceAll(/ab|你好+/g, "M").replaceAll(/M+/g, "M"), "end"].map(() => 1),
};

const TEXT = fc
  .array(
    fc.constantFrom("Alice", "ab", " ", " ", ". ", "! ", "\n\n", "你好", "。", "🎉", "supercalifragilistic", "Mr. "),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

describe("splitLongText", () => {
  it("loses nothing, and no piece is too long, for any tokenizer", () => {
    fc.assert(
      fc.property(
        TEXT,
        fc.constantFrom(words, bytes, merging),
        fc.integer({ min: 5, max: 40 }),
        fc.integer({ min: 0, max: 4 }),
        (text, tokenizer, maxTokens, overlapTokens) => {
          const pieces = splitLongText(text, tokenizer, { maxTokens, overlapTokens });
          expect(joined(pieces)).toBe(text);
          for (const [i, piece] of pieces.entries()) {
            expect(piece.text).toBe(text.slice(piece.start, piece.end));
            expect(tokenizer.encode(piece.text).length).toBeLessThanOrEqual(maxTokens);
            const last = pieces[i - 1];
            if (last) {
              expect(piece.start > last.start && piece.start <= last.end && piece.end > last.end).toBe(true);
              const shared = text.slice(piece.start, last.end);
              if (shared !== "") expect(tokenizer.encode(shared).length).toBeLessThanOrEqual(overlapTokens);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cuts at the ends of sentences, and repeats the sentence before where it fits", () => {
    const text = "One two three. Four five six. Seven eight. Nine ten.";
    expect(texts(splitLongText(text, words, { maxTokens: 8 }))).toEqual([
      "One two three. Four five six. ",
      "Seven eight. Nine ten.",
    ]);
    expect(texts(splitLongText(text, words, { maxTokens: 8, overlapTokens: 4 }))).toEqual([
      "One two three. Four five six. ",
      "Four five six. Seven eight. ",
      "Seven eight. Nine ten.",
    ]);
  });

  it("cuts a long sentence between words, and repeats words", () => {
    const text = "one two three four five six seven";
    expect(texts(splitLongText(text, words, { maxTokens: 3 }))).toEqual(["one two three ", "four five six ", "seven"]);
    expect(texts(splitLongText(text, words, { maxTokens: 3, overlapTokens: 1 }))).toEqual([
      "one two three ",
      "three four five ",
      "five six seven",
    ]);
  });

  it("cuts a long word between characters, never within one", () => {
    expect(texts(splitLongText("a🎉🎉bc", bytes, { maxTokens: 5 }))).toEqual(["a🎉", "🎉b", "c"]);
  });

  it("gives a text that fits whole, and nothing for nothing", () => {
    expect(splitLongText("One. Two.", words, { maxTokens: 4 })).toEqual([{ text: "One. Two.", start: 0, end: 9 }]);
    expect(splitLongText("", words, { maxTokens: 4 })).toEqual([]);
  });

  it("splits a long text with few calls of the tokenizer", () => {
    let characters = 0;
    const counting: Tokenizer = {
      encode: (text) => {
        characters += text.length;
        return words.encode(text);
      },
    };
    const text = "It was a dark and stormy night. ".repeat(1000);
    splitLongText(text, counting, { maxTokens: 128 });
    expect(characters).toBeLessThan(15 * text.length);
  });

  it("names a limit below a character, and an overlap as long as a piece", () => {
    expect(() => splitLongText("ab🎉", bytes, { maxTokens: 3 })).toThrow(
      "splitLongText: maxTokens: expected at least the 4 ids of the character at 2, got 3",
    );
    expect(() => splitLongText("a", bytes, { maxTokens: 3, overlapTokens: 3 })).toThrow(
      "overlapTokens: expected a number from 0 to below maxTokens (3), got 3",
    );
  });
});

function texts(pieces: TextPiece[]): string[] {
  return pieces.map(({ text }) => text);
}

/** The text again, without what pieces repeat. */
function joined(pieces: TextPiece[]): string {
  return pieces.map(({ text, end }, i) => text.slice(text.length - (end - (pieces[i - 1]?.end ?? 0)))).join("");
}
