import { wellFormed } from "@t5ts/tokenizer-bpe";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "./load-sentencepiece.js";
import { loadUnigram } from "./load-unigram.js";
import type { NormalizerSpec, SentencePieceModel } from "./model-file/sentencepiece-model.js";
import { ByteTokenizer } from "./t5/byte-tokenizer.js";
import { loadT5Tokenizer } from "./t5/load-t5.js";
import { atomText } from "./testing/hard-texts.js";
import { BYTES, smallModel } from "./testing/small-model.js";
import type { UnigramJson } from "./unigram-json.js";

const SCORES = { "▁": -3, "▁a": -4, a: -5, b: -6, the: -6, "▁the": -6, aa: -7, "1": -7, "🇩": -8, 日: -8, e: -7, é: -8 };

/** Any text: hard ones, any code points, and halves of surrogate pairs alone. */
const anyText = fc.oneof(
  atomText,
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
);

/** Nothing is normalized, and what no piece stands for is spelled in bytes. */
const LOSSLESS: NormalizerSpec = { name: "identity", removeExtraWhitespaces: false };

function lossless(modelType: number, normalizer = LOSSLESS): SentencePieceModel {
  const model = smallModel(SCORES, { byte: BYTES });
  return { ...model, trainer: { ...model.trainer, modelType }, normalizer };
}

describe("a lossless model", () => {
  it.each([
    ["unigram", lossless(1)],
    ["BPE", lossless(2)],
    ["characters", lossless(4)],
    ["without a mark in front", lossless(1, { ...LOSSLESS, addDummyPrefix: false })],
  ])("gives every text back that has no mark of its own: %s", (_, model) => {
    const tokenizer = loadSentencePiece(model);
    fc.assert(
      fc.property(anyText, (any) => {
        const text = any.replaceAll("▁", "_");
        // Without a mark in front the first space of a text can't be told from one: SentencePiece's own loss.
        if (model.normalizer.addDummyPrefix === false && text.startsWith(" ")) return;
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(wellFormed(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("gives every text back as ByT5's bytes", () => {
    const tokenizer = new ByteTokenizer({ dialect: "seqio" });
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text), { skipSpecialTokens: true })).toBe(wellFormed(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("offsets", () => {
  const model = smallModel(SCORES, { byte: BYTES });
  const plain = smallModel(SCORES);

  it.each([
    ["unigram", loadSentencePiece({ ...model, normalizer: LOSSLESS })],
    ["unknown characters", loadSentencePiece({ ...plain, normalizer: LOSSLESS })],
    ["BPE", loadSentencePiece({ ...plain, trainer: { ...plain.trainer, modelType: 2 }, normalizer: LOSSLESS })],
  ])("give the text of each piece, and of all the whole text: %s", (_, tokenizer) => {
    fc.assert(
      fc.property(anyText, (any) => {
        const text = any.replaceAll("▁", "_");
        const { pieces, offsets } = tokenizer.encodeDetailed(text);
        let place = 0;
        for (const [i, [start, end]] of offsets.entries()) {
          expect(start).toBe(place);
          place = end;
          const slice = wellFormed(text.slice(start, end));
          // The mark in front stands for nothing; bytes stand for a character together.
          const piece = i === 0 ? pieces[i]!.slice(1) : pieces[i]!;
          if (!BYTES.includes(piece)) expect(piece.replaceAll("▁", " ")).toBe(slice);
        }
        expect(place).toBe(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  it("give the text of each piece of a tokenizer.json", () => {
    const file = loadT5Tokenizer(plain, { dialect: "hf", extraIds: 2 }).toJSON() as UnigramJson;
    const tokenizer = loadUnigram({ ...file, normalizer: null });
    fc.assert(
      fc.property(anyText, (any) => {
        const text = any.replaceAll("▁", "_");
        const { pieces, offsets, specialTokensMask } = tokenizer.encodeDetailed(text);
        for (const [i, [start, end]] of offsets.entries()) {
          if (specialTokensMask[i] === 1) continue;
          if (i === 0 && pieces[0] === "▁") continue; // the mark in front may stand alone, and then has the first character's place
          const piece = pieces[i]!.replaceAll("▁", " ");
          const slice = wellFormed(text.slice(start, end));
          expect(i === 0 && piece !== slice ? piece.slice(1) : piece).toBe(slice);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("decodeStream", () => {
  const model = smallModel(SCORES, { byte: BYTES });
  const tokenizers = [
    ["seqio", loadT5Tokenizer(model, { extraIds: 3 })],
    ["hf-legacy", loadT5Tokenizer(model, { extraIds: 3, dialect: "hf-legacy" })],
    ["hf-fast", loadT5Tokenizer(model, { extraIds: 3, dialect: "hf-fast" })],
    ["hf", loadT5Tokenizer(model, { extraIds: 3, dialect: "hf" })],
    ["bytes", new ByteTokenizer()],
  ] as const;

  it.each(tokenizers)("gives in parts what decode gives at once, and no part of a character: %s", (_, tokenizer) => {
    const ids = fc.array(fc.integer({ min: -1, max: tokenizer.vocabSize }), { maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.boolean(), (ids, skipSpecialTokens) => {
        const stream = tokenizer.decodeStream({ skipSpecialTokens });
        const parts = [...ids.map((id) => stream.push(id)), stream.end()];
        expect(parts.join("")).toBe(tokenizer.decode(ids, { skipSpecialTokens }));
        for (const part of parts) expect(wellFormed(part)).toBe(part);
      }),
      { numRuns: 500 },
    );
  });
});
