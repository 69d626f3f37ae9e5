import { describe, expect, it } from "vitest";
import { loadUnigram } from "../load-unigram.js";
import { HAS_FIXTURES, readFixture, realLines } from "../testing/fixtures.js";
import { hardTexts } from "../testing/hard-texts.js";
import { smallModel } from "../testing/small-model.js";
import { LegacyT5Tokenizer } from "./legacy-t5-tokenizer.js";
import { loadT5Tokenizer } from "./load-t5.js";

const MODEL = smallModel({
  "▁": -3,
  "▁Hey": -4,
  "▁how": -5,
  ".": -5,
  ",": -5,
  x: -6,
  "<": -7,
  ">": -7,
  _: -7,
  extra: -7,
  id: -7,
});
const DIALECTS = ["seqio", "hf-legacy", "hf-fast", "hf"] as const;
const load = (dialect: (typeof DIALECTS)[number], extraIds = 3) => loadT5Tokenizer(MODEL, { dialect, extraIds });

describe("loadT5Tokenizer", () => {
  it.each(DIALECTS)("gives <extra_id_0> the highest id in the dialect %s", (dialect) => {
    const { special, vocabSize } = load(dialect);
    expect(vocabSize).toBe(MODEL.pieces.length + 3);
    expect(special).toEqual({ pad: 0, end: 1, unknown: 2, start: -1, mask: -1, sentinels: [16, 15, 14] });
  });

  it.each(DIALECTS)("writes the end mark in the dialect %s", (dialect) => {
    const tokenizer = load(dialect);
    expect(tokenizer.encode("Hey how")).toEqual([4, 5, 1]);
    expect(tokenizer.encode("Hey", { pair: "how" })).toEqual([4, 1, 5, 1]);
    expect(tokenizer.encode("Hey how", { addSpecialTokens: false })).toEqual([4, 5]);
    expect(tokenizer.encodeDetailed("Hey how").pieces).toEqual(["▁Hey", "▁how", "</s>"]);
  });

  it("finds sentinels at the start of a word only in seqio's dialect, and other special pieces not at all", () => {
    const tokenizer = load("seqio");
    expect(tokenizer.encodeDetailed("Hey <extra_id_0>. how").pieces).toEqual([
      "▁Hey",
      "▁<extra_id_0>",
      ".",
      "▁how",
      "</s>",
    ]);
    expect(tokenizer.encode("x<extra_id_0>")).not.toContain(16);
    expect(tokenizer.encode("</s>")).not.toEqual([1, 1]);
    expect(tokenizer.decode(tokenizer.encode("Hey <extra_id_0> how"))).toBe("Hey <extra_id_0> how");
  });

  it("puts a mark after special pieces in Hugging Face's legacy dialects, none with legacy: false", () => {
    const text = "Hey<extra_id_0>. how";
    for (const dialect of ["hf-legacy", "hf-fast"] as const) {
      expect(load(dialect).encodeDetailed(text).pieces).toEqual(["▁Hey", "<extra_id_0>", "▁", ".", "▁how", "</s>"]);
    }
    expect(load("hf").encodeDetailed(text).pieces).toEqual(["▁Hey", "<extra_id_0>", ".", "▁how", "</s>"]);
    expect(load("hf").encodeDetailed("Hey <extra_id_0>  x ").pieces).toEqual([
      "▁Hey",
      "▁",
      "<extra_id_0>",
      "▁",
      "x",
      "▁",
      "</s>",
    ]);
  });

  it("writes no second end mark in the dialect hf-legacy, but does in the others", () => {
    expect(load("hf-legacy").encode("Hey</s>")).toEqual([4, 1]);
    expect(load("hf-legacy").encodeDetailed("Hey</s>", { pair: "" }).ids).toEqual([4, 1, 1]);
    expect(load("hf-fast").encode("Hey</s>")).toEqual([4, 1, 1]);
  });

  it("knows where special pieces and what is between them stand", () => {
    const { pieces, offsets } = load("hf-legacy").encodeDetailed("👍 Hey</s> 👍<extra_id_1>");
    expect(pieces).toEqual(["▁", "👍", "▁Hey", "</s>", "▁", "👍", "<extra_id_1>", "</s>"]);
    expect(offsets).toEqual([
      [0, 0],
      [0, 2],
      [2, 6],
      [6, 10],
      [11, 11],
      [11, 13],
      [13, 25],
      [0, 0],
    ]);
  });

  it("decodes as transformers does, with or without special pieces", () => {
    for (const dialect of ["hf-legacy", "hf"] as const) {
      const tokenizer = load(dialect);
      expect(tokenizer.decode([0, 4, 2, 5, 1])).toBe("<pad> Hey<unk> how</s>");
      expect(tokenizer.decode([0, 4, 16, 3, 7, 5, 1], { skipSpecialTokens: true })).toBe("Hey, how");
      const stream = tokenizer.decodeStream();
      const ids = [4, 16, 3, 7, 5, 1];
      expect(ids.map((id) => stream.push(id)).join("") + stream.end()).toBe(tokenizer.decode(ids));
    }
  });

  it("gives a pad piece that the model lacks an id after all others", () => {
    const pieces = MODEL.pieces.filter(({ piece }) => piece !== "<pad>");
    const model = { ...MODEL, pieces };
    for (const dialect of ["hf-legacy", "hf-fast"] as const) {
      const tokenizer = loadT5Tokenizer(model, { dialect, extraIds: 3 });
      expect([tokenizer.special.sentinels[0], tokenizer.special.pad, tokenizer.vocabSize]).toEqual([15, 16, 17]);
    }
  });

  it("refuses a dialect or a number of sentinels that there isn't", () => {
    expect(() => loadT5Tokenizer(MODEL, { dialect: "t5x" as "hf" })).toThrow(
      'expected "seqio", "hf-legacy", "hf-fast" or "hf", got "t5x"',
    );
    expect(() => loadT5Tokenizer(MODEL, { extraIds: -1 })).toThrow(
      "extraIds: expected an integer from 0 to 65536, got -1",
    );
  });

  it("is LegacyT5Tokenizer in the dialect hf-legacy", () => {
    expect(load("hf-legacy")).toBeInstanceOf(LegacyT5Tokenizer);
  });

  it.skipIf(!HAS_FIXTURES)("makes of T5's model the tokenizer.json that Hugging Face made of it", () => {
    const ours = loadT5Tokenizer(readFixture("t5_base.model"), { dialect: "hf-fast" });
    const theirs = loadUnigram(JSON.parse(new TextDecoder().decode(readFixture("t5_small_tokenizer.json"))));
    for (const text of [...hardTexts(500), ...realLines(200)])
      expect(ours.encodeDetailed(text)).toEqual(theirs.encodeDetailed(text));
    expect(ours.special).toEqual(theirs.special);
  });
});
