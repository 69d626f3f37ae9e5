import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "./load-sentencepiece.js";
import { parseModel, writeModel } from "./model-file/model-file.js";
import type { SentencePieceModel } from "./model-file/sentencepiece-model.js";
import { compileCharsmap } from "./normalization/charsmap.js";
import { HAS_FIXTURES, readFixture, realLines } from "./testing/fixtures.js";
import { hardTexts } from "./testing/hard-texts.js";
import { HAS_REFERENCE, runReference } from "./testing/reference.js";
import { BYTES, smallModel } from "./testing/small-model.js";

const SCORES = {
  "▁": -3,
  "▁Hello": -4,
  "▁world": -5,
  "▁wor": -6,
  ld: -6,
  o: -5,
  l: -5,
  d: -5,
  w: -5,
  r: -5,
  "1/2": -6,
  "/": -7,
};
const MODEL = smallModel(SCORES);

describe("encode", () => {
  const tokenizer = loadSentencePiece(MODEL);

  it("gives the ids of the best pieces, without marks unless asked for", () => {
    expect(tokenizer.encode("Hello  world")).toEqual([4, 5]);
    expect(loadSentencePiece(MODEL, { marks: "end" }).encode("Hello world")).toEqual([4, 5, 1]);
    expect(loadSentencePiece(MODEL, { marks: "end" }).encode("Hello", { pair: "world" })).toEqual([4, 1, 5, 1]);
    expect(loadSentencePiece(MODEL, { marks: "end" }).encode("Hello", { addSpecialTokens: false })).toEqual([4]);
  });

  it("writes the start mark where there is one", () => {
    expect(() => loadSentencePiece(MODEL, { marks: "start-end" })).toThrow('the model has no "<s>"');
    const model = { ...MODEL, trainer: { ...MODEL.trainer, bosPiece: "<pad>" } };
    expect(loadSentencePiece(model, { marks: "start-end" }).encode("Hello")).toEqual([0, 4, 1]);
  });

  it("takes unknown characters that follow each other as one", () => {
    expect(tokenizer.encode("日本 語o")).toEqual([3, 2, 3, 2, 8]);
  });

  it("spells them in bytes if the model has byte fallback", () => {
    const model = smallModel(SCORES, { byte: BYTES });
    const first = 3 + Object.keys(SCORES).length;
    expect(loadSentencePiece(model).encode("é")).toEqual([3, first + 0xc3, first + 0xa9]);
  });

  it("finds user-defined pieces for nearly nothing, and control pieces not at all", () => {
    const model = smallModel(SCORES, { "user-defined": ["or", "▁<x>"], control: ["<c>"] });
    const { pieces } = loadSentencePiece(model).encodeDetailed("lord <x> <c>");
    expect(pieces).toEqual(["▁", "l", "or", "d", "▁<x>", "▁", "<c>"]);
  });

  it("never finds pieces that aren't used", () => {
    const pieces = MODEL.pieces.map((each) => (each.piece === "▁world" ? { ...each, type: "unused" as const } : each));
    const unused = loadSentencePiece({ ...MODEL, pieces });
    expect(unused.encodeDetailed("world").pieces).toEqual(["▁wor", "ld"]);
    expect(unused.idOf("▁world")).toBe(5);
  });
});

describe("encodeDetailed", () => {
  const tokenizer = loadSentencePiece(
    {
      ...MODEL,
      normalizer: {
        precompiledCharsmap: compileCharsmap([
          ["½", "1/2"],
          ["👍", ""],
        ]),
      },
    },
    { marks: "end" },
  );

  it("says where in the text each piece comes from, in UTF-16 units or code points", () => {
    const text = "Hello 𝕳 ½ world";
    const { pieces, offsets } = tokenizer.encodeDetailed(text);
    expect(pieces).toEqual(["▁Hello", "▁", "𝕳", "▁", "1/2", "▁world", "</s>"]);
    expect(offsets).toEqual([
      [0, 5],
      [5, 6],
      [6, 8],
      [8, 9],
      [9, 10],
      [10, 16],
      [0, 0],
    ]);
    expect(tokenizer.encodeDetailed(text, { offsets: "code-points" }).offsets.slice(2, 6)).toEqual([
      [6, 7],
      [7, 8],
      [8, 9],
      [9, 15],
    ]);
  });

  it("numbers words and texts, and masks marks", () => {
    const encoding = tokenizer.encodeDetailed("lo Hello", { pair: "world o" });
    expect(encoding.pieces).toEqual(["▁", "l", "o", "▁Hello", "</s>", "▁world", "▁", "o", "</s>"]);
    expect(encoding.wordIds).toEqual([0, 0, 0, 1, null, 0, 1, 1, null]);
    expect(encoding.sequenceIds).toEqual([0, 0, 0, 0, null, 1, 1, 1, null]);
    expect(encoding.specialTokensMask).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(encoding.attentionMask).toEqual(Array(9).fill(1));
    expect(encoding.typeIds).toEqual(Array(9).fill(0));
  });
});

describe("decode", () => {
  const model = smallModel(SCORES, { byte: BYTES });
  const tokenizer = loadSentencePiece(model, { marks: "end" });
  const byte = (value: number): number => tokenizer.idOf(BYTES[value]!)!;

  it("makes spaces of marks, but none in front, and nothing of control pieces", () => {
    expect(tokenizer.decode([0, 3, 4, 5, 3, 3, 8, 1])).toBe("Hello world  o");
    expect(tokenizer.decode([999, 4, -1])).toBe("Hello");
  });

  it("writes what stands for unknown pieces", () => {
    expect(tokenizer.decode([4, 2, 5])).toBe("Hello \u2047  world");
    expect(tokenizer.decode([4, 2, 5], { skipSpecialTokens: true })).toBe("Hello world");
    const model = { ...MODEL, trainer: { ...MODEL.trainer, unkSurface: "?" } };
    expect(loadSentencePiece(model).decode([4, 2, 5])).toBe("Hello? world");
  });

  it("joins bytes to characters, and writes U+FFFD for each byte that is part of none", () => {
    const bytes = [0xe2, 0x82, 0xac, 0xe2, 0x82, 0x41, 0xff, 0xed, 0xa0, 0x80, 0xf0, 0x9f].map(byte);
    expect(tokenizer.decode(bytes)).toBe("€\ufffd\ufffdA\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd");
  });

  it("gives the same text in parts as at once, and never a part of a character", () => {
    const ids = fc.array(fc.integer({ min: 0, max: model.pieces.length - 1 }), { maxLength: 30 });
    fc.assert(
      fc.property(ids, (ids) => {
        const stream = tokenizer.decodeStream();
        const parts = ids.map((id) => stream.push(id));
        parts.push(stream.end());
        expect(parts.join("")).toBe(tokenizer.decode(ids));
        for (const part of parts) expect(/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(part)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("applies the rules for decoded text", () => {
    const denormalizer = {
      precompiledCharsmap: compileCharsmap([["lo w", "_"]]),
      addDummyPrefix: false,
      removeExtraWhitespaces: false,
      escapeWhitespaces: false,
    };
    const rewriting = loadSentencePiece({ ...MODEL, denormalizer });
    expect(rewriting.decode([4, 5])).toBe("Hel_orld");
    const stream = rewriting.decodeStream();
    expect([stream.push(4), stream.push(5), stream.end()].join("")).toBe("Hel_orld");
  });

  it("gives the normalized text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("o", "l", " ", "é", "👍", "Hello"), maxLength: 12 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.trim().replaceAll(/ +/g, " "));
      }),
    );
  });
});

describe("the other types of model", () => {
  it("are words and characters", () => {
    const word = loadSentencePiece({ ...smallModel({ "▁a": -1, "▁bc": -2 }), trainer: { modelType: 3 } });
    expect(word.encode("a bc abc a")).toEqual([3, 4, 2, 3]);
    const character = loadSentencePiece({
      ...smallModel({ "▁": -1, a: -2 }, { "user-defined": ["bc"] }),
      trainer: { modelType: 4 },
    });
    expect(character.encode("abcd")).toEqual([3, 4, 5, 2]);
    expect(() => word.encodeNBest("a", 2)).toThrow("expected a unigram model");
    expect(() => word.encode("a", { sampling: { alpha: 1, random: Math.random } })).toThrow(
      "a word model knows only one way",
    );
  });
});

describe("encodeNBest", () => {
  it("begins with what encode gives, and refuses counts without sense", () => {
    const tokenizer = loadSentencePiece(MODEL);
    const best = tokenizer.encodeNBest("world", 3);
    expect(best[0]).toEqual({ ids: tokenizer.encode("world"), score: -5 });
    expect(best.map(({ score }) => score)).toEqual([-5, -12, -16]);
    expect(() => tokenizer.encodeNBest("world", 0)).toThrow("count: expected an integer from 1 to 1024, got 0");
    expect(tokenizer.encodeNBest("", 3)).toEqual([{ ids: [], score: 0 }]);
  });
});

describe.skipIf(!HAS_REFERENCE)("SentencePiece itself", () => {
  const small = smallModel(SCORES);
  const cases: [string, SentencePieceModel][] = [
    ["the small model", small],
    ["marks at the end", { ...small, trainer: { ...small.trainer, treatWhitespaceAsSuffix: true } }],
    ["all spaces kept", { ...small, normalizer: { removeExtraWhitespaces: false } }],
    ["no mark in front", { ...small, normalizer: { addDummyPrefix: false } }],
    ["byte fallback", smallModel(SCORES, { byte: BYTES })],
    ["user-defined pieces", smallModel(SCORES, { "user-defined": ["or", "▁w", "é"], unused: ["ll"] })],
    ["BPE", { ...small, trainer: { ...small.trainer, modelType: 2 } }],
    [
      "BPE with unused pieces",
      { ...smallModel({ ...SCORES, lo: -1 }, { unused: ["▁wo", "▁w"] }), trainer: { modelType: 2 } },
    ],
    ["characters", { ...small, trainer: { ...small.trainer, modelType: 4 } }],
  ];
  if (HAS_FIXTURES) {
    for (const name of ["t5_base", "hf_spiece_30k", "spm_test_ja", "axlearn_bpe_32k_c4"]) {
      cases.push([`${name}.model`, parseModel(readFixture(`${name}.model`))]);
    }
  }
  const texts = [...hardTexts(250), ...realLines(80)];

  it.each(cases)("does the same with %s", (_, model) => {
    const isUnigram = (model.trainer.modelType ?? 1) === 1;
    const tokenizer = loadSentencePiece(model);
    for (const [i, expected] of runReference(writeModel(model), texts, isUnigram).entries()) {
      const text = texts[i]!;
      const { ids, pieces, offsets } = tokenizer.encodeDetailed(text, { offsets: "code-points" });
      const decoded = tokenizer.decode(ids);
      const nBest = isUnigram ? { nBest: tokenizer.encodeNBest(text, 3).map((each) => each.ids) } : {};
      expect({ text, ids, pieces, offsets, decoded, ...nBest }).toEqual({ text, ...expected });
      expect(tokenizer.encode(text)).toEqual(ids);
    }
  });
});
