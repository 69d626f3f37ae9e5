import { encodeBatch } from "@t5ts/tokenizer-bpe/batch";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteTokenizer } from "./t5/byte-tokenizer.js";
import { loadT5Tokenizer } from "./t5/load-t5.js";
import { smallModel } from "./testing/small-model.js";

const MODEL = smallModel({ "▁": -3, a: -4, b: -5, "▁a": -5, "▁b": -6, c: -6 });

const texts = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 24 });
describe("encodeBatch", () => {
  it.each([
    ["seqio", loadT5Tokenizer(MODEL, { extraIds: 2 })],
    ["hf-legacy", loadT5Tokenizer(MODEL, { extraIds: 2, dialect: "hf-legacy" })],
    ["hf", loadT5Tokenizer(MODEL, { extraIds: 2, dialect: "hf" })],
    ["bytes", new ByteTokenizer()],
  ])("loses nothing of a text that is cut, and ends each part with the mark: %s", (_, tokenizer) => {
    const cut = { truncation: { maxLength: 4, stride: 1 }, padding: {} };
    fc.assert(
      fc.property(texts, (text) => {
        const [encoding] = encodeBatch(tokenizer, [text], cut);
        const parts = [encoding!, ...encoding!.overflowing];
        for (const part of parts) {
          const length = part.attentionMask.filter((each) => each === 1).length;
          expect(length).toBeLessThanOrEqual(4);
          expect(part.ids[length - 1]).toBe(tokenizer.special.end);
          expect(part.ids.slice(length).every((id) => id === tokenizer.special.pad)).toBe(true);
        }
        const inText = parts.map((part) => part.ids.filter((_, i) => part.sequenceIds[i] === 0));
        const joined = inText.flatMap((ids, i) => (i === 0 ? ids : ids.slice(1)));
        expect(joined).toEqual(tokenizer.encode(text, { addSpecialTokens: false }));
      }),
      { numRuns: 200 },
    );
  });

  it("says what doesn't fit", () => {
    const tokenizer = loadT5Tokenizer(MODEL, { extraIds: 2 });
    expect(() => encodeBatch(tokenizer, ["a b c"], { truncation: { maxLength: 3, stride: 2 } })).toThrow(
      "expected a stride from 0 and below the 2 ids left for a text, got 2",
    );
    const model = { ...MODEL, pieces: MODEL.pieces.filter(({ piece }) => piece !== "<pad>") };
    expect(() => encodeBatch(loadT5Tokenizer(model, { extraIds: 2 }), ["a"], { padding: {} })).toThrow(
      "no padding piece",
    );
  });
});
