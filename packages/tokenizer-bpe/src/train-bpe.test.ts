import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { BPE, byteLevelPreTokenizer, type PreTokenizer, Tokenizer } from "tokenizers";
import { describe, expect, it } from "vitest";
import { hardText, hardTexts, readData, realTexts } from "./testing/hard-texts.js";
import type { TokenizerJson } from "./tokenizer-json.js";
import { trainBpe } from "./train-bpe.js";
import type { TrainBpeProgress } from "./train-options.js";

const ENGLISH =
  "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife. ".repeat(
    3,
  );
const CHINESE = "第一回灵根育孕源流出，心性修持大道生。诗曰：混沌未分天地乱，茫茫渺渺无人见。".repeat(3);

/** The merges that Hugging Face's library finds, with its default trainer: 30,000 pieces, no special tokens. */
function trainNatively(text: string, preTokenizer: PreTokenizer): (readonly [string, string])[] {
  const folder = mkdtempSync(join(tmpdir(), "tokenizer-bpe-"));
  try {
    writeFileSync(join(folder, "text.txt"), text);
    const native = new Tokenizer(BPE.empty());
    native.setPreTokenizer(preTokenizer);
    native.train([join(folder, "text.txt")]);
    native.save(join(folder, "tokenizer.json"));
    const { model } = JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8")) as TokenizerJson;
    return model.merges as (readonly [string, string])[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("trainBpe", () => {
  it("gives the ids of T5: pad, end, unknown first, sentinels last from the highest down", async () => {
    const tokenizer = await trainBpe([ENGLISH], { vocabSize: 450 });
    const { sentinels, ...special } = tokenizer.special;
    expect(special).toEqual({ pad: 0, end: 1, unknown: 2, start: 3, mask: 4 });
    expect(sentinels).toEqual(Array.from({ length: 100 }, (_, i) => tokenizer.vocabSize - 1 - i));
    expect(tokenizer.pieceOf(tokenizer.vocabSize - 1)).toBe("<extra_id_0>");
    expect(tokenizer.idOf("<extra_id_99>")).toBe(tokenizer.vocabSize - 100);
    expect(tokenizer.vocabSize).toBeLessThanOrEqual(450);
  });

  it.each([
    ["end", ["Ġtruth", "</s>"]],
    ["start-end", ["<s>", "Ġtruth", "</s>"]],
    ["none", ["Ġtruth"]],
  ] as const)("writes the marks %s", async (marks, pieces) => {
    const tokenizer = await trainBpe([ENGLISH], { vocabSize: 450, marks });
    expect(tokenizer.encode(" truth").map((id) => tokenizer.pieceOf(id))).toEqual(pieces);
    expect(tokenizer.encode(" truth", { addSpecialTokens: false })).toHaveLength(1);
  });

  it("takes special tokens of other names, in other places", async () => {
    const specialTokens = [
      { content: "[CLS]", role: "start" },
      { content: "[SEP]", role: "end" },
      { content: "[USER]" },
    ] as const;
    const tokenizer = await trainBpe([ENGLISH], { vocabSize: 300, specialTokens, sentinels: 2, marks: "start-end" });
    expect(tokenizer.special).toEqual({
      start: 0,
      end: 1,
      pad: -1,
      unknown: -1,
      mask: -1,
      sentinels: [tokenizer.vocabSize - 1, tokenizer.vocabSize - 2],
    });
    expect(tokenizer.encode("[USER]")).toEqual([0, 2, 1]);
  });

  it("keeps the most frequent pieces", async () => {
    const small = await trainBpe([ENGLISH], { vocabSize: 380 });
    const large = await trainBpe([ENGLISH], { vocabSize: 400 });
    const merges = large.toJSON().model.merges;
    expect(merges.slice(0, small.toJSON().model.merges.length)).toEqual(small.toJSON().model.merges);
    expect([small.vocabSize, large.vocabSize]).toEqual([380, 400]);
  });

  it.each(["gpt2", "gpt4", "multilingual"] as const)(
    "with bytes, cut as %s, gives back every text",
    async (pattern) => {
      const tokenizer = await trainBpe([ENGLISH, CHINESE], { vocabSize: 500, pattern });
      const text = fc.oneof(hardText, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
      fc.assert(
        fc.property(text, (each) => {
          expect(tokenizer.decode(tokenizer.encode(each, { addSpecialTokens: false }))).toBe(each);
        }),
        { numRuns: 300 },
      );
    },
  );

  it("encodes halves of pairs that stand alone as U+FFFD", async () => {
    const tokenizer = await trainBpe([ENGLISH], { vocabSize: 400 });
    expect(tokenizer.encode("a\ud83db\ude00")).toEqual(tokenizer.encode("a\ufffdb\ufffd"));
    expect(tokenizer.encodeDetailed("a\ud83db").offsets).toEqual(tokenizer.encodeDetailed("a\ufffdb").offsets);
    expect(await trainBpe(["a\ud83d ".repeat(9)], { vocabSize: 400 }).then((each) => each.toJSON())).toEqual(
      await trainBpe(["a\ufffd ".repeat(9)], { vocabSize: 400 }).then((each) => each.toJSON()),
    );
  });

  it("gives the same vocabulary for the same texts in any order, listed or streamed", async () => {
    const texts = [ENGLISH, CHINESE, "x y z", "", ENGLISH.toUpperCase()];
    async function* stream(): AsyncGenerator<string> {
      for (const text of [...texts].reverse()) yield text;
    }
    for (const preTokenizer of ["byte-level", "metaspace"] as const) {
      const options = { vocabSize: 600, preTokenizer, minFrequency: 1 };
      expect((await trainBpe(stream(), options)).toJSON()).toEqual((await trainBpe(texts, options)).toJSON());
    }
  });

  describe("with metaspace", () => {
    it("keeps the most frequent characters, and those asked for", async () => {
      const train = (options: object): Promise<{ idOf(piece: string): number | undefined }> =>
        trainBpe(["aaa bb c dd"], { vocabSize: 200, preTokenizer: "metaspace", minFrequency: 1, ...options });
      const limited = await train({ limitAlphabet: 3, initialAlphabet: ["é"] });
      // é first as asked for, then ▁ four times, a three times; b and d, twice, and c are left out.
      expect(["é", "▁", "a", "b", "c", "d"].map((piece) => limited.idOf(piece) !== undefined)).toEqual([
        true,
        true,
        true,
        false,
        false,
        false,
      ]);
      const whole = await train({});
      expect(["é", "▁", "a", "b", "c", "d"].map((piece) => whole.idOf(piece) !== undefined)).toEqual([
        false,
        true,
        true,
        true,
        true,
        true,
      ]);
    });

    it("merges nothing across a character that it left out", async () => {
      const tokenizer = await trainBpe(["axb axb axb a b"], {
        vocabSize: 200,
        preTokenizer: "metaspace",
        minFrequency: 1,
        limitAlphabet: 3,
      });
      expect(["x", "ab", "▁ab"].map((piece) => tokenizer.idOf(piece))).toEqual([undefined, undefined, undefined]);
    });

    it("writes what it doesn't know as unknown, or in bytes", async () => {
      const unknown = await trainBpe([ENGLISH], { vocabSize: 300, preTokenizer: "metaspace" });
      expect(unknown.encodeDetailed("a中文 b").pieces).toEqual(["▁a", "<unk>", "▁", "b", "</s>"]);
      const bytes = await trainBpe([ENGLISH], { vocabSize: 600, preTokenizer: "metaspace", byteFallback: true });
      expect(bytes.decode(bytes.encode("a中文 b"), { skipSpecialTokens: true })).toBe("a中文 b");
    });

    it("cuts Chinese at its signs, and learns words of it", async () => {
      const tokenizer = await trainBpe([CHINESE], { vocabSize: 400, preTokenizer: "metaspace" });
      const pieces = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.pieceOf(id)!);
      expect(pieces.filter((piece) => /[，。：].|.[，。：]/u.test(piece.replace("▁", "")))).toEqual([]);
      expect(pieces.filter((piece) => /^\p{Script=Han}{2,}$/u.test(piece)).length).toBeGreaterThan(5);
      expect(Math.max(...pieces.map((piece) => piece.match(/\p{Script=Han}/gu)?.length ?? 0))).toBeLessThanOrEqual(32);
    });
  });

  it("never makes a piece that is a special token", async () => {
    const tokenizer = await trainBpe(["<unk> </s> ".repeat(50)], { vocabSize: 450, minFrequency: 1, pattern: "gpt2" });
    const pieces = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.pieceOf(id));
    expect(new Set(pieces).size).toBe(pieces.length);
  });

  it("limits the length of pieces", async () => {
    const tokenizer = await trainBpe([ENGLISH], {
      vocabSize: 500,
      maxPieceLength: 4,
      sentinels: 0,
      specialTokens: [],
      marks: "none",
    });
    expect(Math.max(...Object.keys(tokenizer.toJSON().model.vocab).map((piece) => piece.length))).toBe(4);
  });

  it("tells how far it is, and stops when told to", async () => {
    const seen: TrainBpeProgress[] = [];
    await trainBpe([ENGLISH], { vocabSize: 450, onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ phase: "texts", texts: 1, words: expect.any(Number) });

    const abort = new AbortController();
    const texts = (function* () {
      for (let i = 0; ; i++) {
        if (i === 1000) abort.abort(new Error("enough"));
        yield `text ${i}`;
      }
    })();
    await expect(trainBpe(texts, { vocabSize: 450, signal: abort.signal })).rejects.toThrow("enough");
    await expect(trainBpe([], { vocabSize: 450, signal: AbortSignal.abort() })).rejects.toThrow("aborted");
  });

  it("lets other work be done meanwhile", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const texts = (function* () {
      const started = performance.now();
      while (performance.now() - started < 400) yield ENGLISH;
    })();
    await trainBpe(texts, { vocabSize: 400 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(3);
  });

  it("names what can't be", async () => {
    await expect(trainBpe([""], { vocabSize: 300 })).rejects.toThrow(
      "trainBpe: vocabSize: expected at least 361 (special pieces 5, alphabet 256, sentinels 100), got 300",
    );
    await expect(trainBpe([""], { vocabSize: 0.5 })).rejects.toThrow(
      "trainBpe: vocabSize: expected an integer from 1 to 524288, got 0.5",
    );
    await expect(trainBpe([1 as never], { vocabSize: 500 })).rejects.toThrow(
      "trainBpe: texts: expected strings, got number",
    );
    await expect(
      trainBpe([""], { vocabSize: 500, specialTokens: [{ content: "a" }, { content: "a" }] }),
    ).rejects.toThrow('trainBpe: specialTokens: expected different texts that aren\'t empty, got "a"');
    await expect(trainBpe([""], { vocabSize: 500, specialTokens: [] })).rejects.toThrow(
      'marks: "end" needs a special token with the role "end"',
    );
    await expect(trainBpe([""], { vocabSize: 500, normalizer: { type: "NFX" } })).rejects.toThrow('unknown type "NFX"');
  });

  const untouched = { minFrequency: 1, specialTokens: [], sentinels: 0, marks: "none" } as const;

  it("finds the merges that Hugging Face finds, in its order", async () => {
    const texts = [ENGLISH, CHINESE, "aaaa aaaaa aaa aa abab ababab\n".repeat(9), ...realTexts(30_000)];
    for (const text of texts) {
      // Hugging Face reads files line by line, line breaks included.
      const tokenizer = await trainBpe(text.split(/(?<=\n)/), { vocabSize: 30_000, pattern: "gpt2", ...untouched });
      expect(tokenizer.toJSON().model.merges).toEqual(trainNatively(text, byteLevelPreTokenizer(false, true)));
    }
  });

  it("writes files that Hugging Face reads, with the same ids, offsets and texts", async () => {
    for (const options of [
      {},
      { pattern: "gpt2" },
      { preTokenizer: "metaspace" },
      { preTokenizer: "metaspace", byteFallback: true },
    ] as const) {
      const text = readData("pretrain/gutenberg-en/alice-in-wonderland.txt.gz")?.slice(0, 30_000) ?? ENGLISH;
      const ours = await trainBpe([text, CHINESE], {
        vocabSize: 1200,
        marks: "start-end",
        normalizer: { type: "NFC" },
        ...options,
      });
      const native = Tokenizer.fromString(JSON.stringify(ours));
      for (const each of [text, ...realTexts(3000), ...hardTexts(100), "<extra_id_7> and <s>"]) {
        const { ids, offsets } = ours.encodeDetailed(each, { offsets: "code-points" });
        const theirs = await native.encode(each);
        expect({ each, ids, offsets }).toEqual({ each, ids: theirs.getIds(), offsets: theirs.getOffsets() });
        expect(ours.decode(ids)).toBe(await native.decode(ids, false));
      }
    }
  });
});
