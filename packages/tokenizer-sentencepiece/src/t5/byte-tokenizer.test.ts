import { wellFormed } from "@t5ts/tokenizer-bpe";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteTokenizer } from "./byte-tokenizer.js";

describe("ByteTokenizer", () => {
  const tokenizer = new ByteTokenizer();

  it("writes each byte of UTF-8 plus 3, then the end mark", () => {
    expect(tokenizer.encode("a€")).toEqual([100, 0xe2 + 3, 0x82 + 3, 0xac + 3, 1]);
    expect(tokenizer.encode("a", { pair: "b" })).toEqual([100, 1, 101, 1]);
    expect(new ByteTokenizer({ marks: "none" }).encode("a")).toEqual([100]);
  });

  it("has ByT5's 384 ids, the first sentinel after the bytes", () => {
    expect(tokenizer.vocabSize).toBe(384);
    expect([tokenizer.special.sentinels[0], tokenizer.special.sentinels.length]).toEqual([259, 125]);
    expect(tokenizer.encode("a<extra_id_1></s>b")).toEqual([100, 260, 1, 101, 1]);
  });

  it("has no special pieces in text in seqio's dialect, where the first sentinel is the last id", () => {
    const seqio = new ByteTokenizer({ dialect: "seqio", extraIds: 100 });
    expect([seqio.vocabSize, seqio.special.sentinels[0], seqio.special.sentinels[99]]).toEqual([359, 358, 259]);
    expect(seqio.encode("</s>")).toEqual([63, 50, 118, 65, 1]);
    const bytesOnly = new ByteTokenizer({ dialect: "seqio", extraIds: 0 });
    expect([bytesOnly.vocabSize, bytesOnly.special.sentinels[0], bytesOnly.special.sentinels.length]).toEqual([
      259, 258, 100,
    ]);
  });

  it("gives every text back", () => {
    const seqio = new ByteTokenizer({ dialect: "seqio" });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(seqio.decode(seqio.encode(text), { skipSpecialTokens: true })).toBe(wellFormed(text));
      }),
    );
  });

  it("prints nothing for bytes that spell no character, and the names of special pieces unless told not to", () => {
    expect(tokenizer.decode([0xe2 + 3, 100, 0xff + 3, 259, 1, 500])).toBe("a<extra_id_0></s>");
    expect(tokenizer.decode([0xe2 + 3, 100, 0xff + 3, 259, 1, 500], { skipSpecialTokens: true })).toBe("a");
  });

  it("knows the character that each byte is a part of", () => {
    const { ids, pieces, offsets, wordIds } = tokenizer.encodeDetailed("é 👍<unk>");
    expect(ids).toEqual(tokenizer.encode("é 👍<unk>"));
    expect(offsets).toEqual([
      [0, 1],
      [0, 1],
      [1, 2],
      [2, 4],
      [2, 4],
      [2, 4],
      [2, 4],
      [4, 9],
      [0, 0],
    ]);
    expect(tokenizer.encodeDetailed("👍a", { offsets: "code-points" }).offsets[4]).toEqual([1, 2]);
    expect(wordIds).toEqual([0, 0, 1, 1, 1, 1, 1, 2, null]);
    expect(pieces.slice(0, 2)).toEqual(["Ã", "©"]);
    expect(ids.map((id) => tokenizer.idOf(tokenizer.pieceOf(id)!))).toEqual(ids);
  });
});
