import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "../load-sentencepiece.js";
import { writeModel } from "../model-file/model-file.js";
import { loadT5Tokenizer } from "../t5/load-t5.js";
import { readData } from "../testing/fixtures.js";
import { HAS_REFERENCE, HAS_TRAINER, runReference, trainReference } from "../testing/reference.js";
import { digamma } from "./expectation-maximization.js";
import { type TrainUnigramProgress, trainUnigram } from "./train-unigram.js";

const TALES = readData("gutenberg-en/grimms-fairy-tales.txt.gz").slice(0, 80_000);
const HELD_OUT = readData("gutenberg-en/andersens-fairy-tales.txt.gz").slice(0, 60_000);
const CHINESE = readData("tatoeba-en-zh/valid.tsv.gz")
  .split("\n")
  .map((line) => line.split("\t")[1] ?? "")
  .join("\n");
const OPTIONS = { vocabSize: 600, normalizer: "identity" } as const;

describe("trainUnigram", () => {
  it("learns as many pieces as asked for, with T5's special ids", async () => {
    const model = await trainUnigram([TALES], OPTIONS);
    expect(model.pieces.length).toBe(600);
    expect(model.pieces.slice(0, 3).map(({ piece, type }) => [piece, type])).toEqual([
      ["<pad>", "control"],
      ["</s>", "control"],
      ["<unk>", "unknown"],
    ]);
    const scores = model.pieces.slice(3).map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const tokenizer = loadT5Tokenizer(model);
    expect(tokenizer.decode(tokenizer.encode("Once upon a time <extra_id_0>"))).toBe("Once upon a time <extra_id_0>");
    expect(model.pieces.map(({ piece }) => piece)).toEqual(expect.arrayContaining(["▁the", "▁and", "ing", "▁said"]));
  });

  it("gives the same model for the same texts", async () => {
    const lines = TALES.split("\n");
    const once = await trainUnigram(lines, OPTIONS);
    expect(await trainUnigram([TALES], OPTIONS)).toEqual(once);
    async function* later(): AsyncGenerator<string> {
      yield* lines;
    }
    expect(await trainUnigram(later(), OPTIONS)).toEqual(once);
  });

  it("keeps pieces within words, scripts and the length they may have", async () => {
    const model = await trainUnigram(["one2two 日本語 one2two 日本語 ".repeat(50), TALES], {
      ...OPTIONS,
      maxPieceLength: 5,
    });
    const wrong = model.pieces.filter(({ piece, type }) => {
      const isMixed = /\d/.test(piece) && /[a-z]/.test(piece);
      return type === "normal" && ([...piece].length > 5 || piece.indexOf("▁", 1) > 0 || isMixed);
    });
    expect(wrong).toEqual([]);
    const free = await trainUnigram(["one2two ".repeat(200), TALES], {
      ...OPTIONS,
      splitByNumber: false,
      splitByWhitespace: false,
      splitByUnicodeScript: false,
    });
    expect(free.pieces.some(({ piece }) => piece.indexOf("▁", 1) > 0)).toBe(true);
  });

  it("splits digits, or puts marks at the end of words, if told so", async () => {
    const digits = await trainUnigram(["in 1812 and 1812 and 1812 ".repeat(20), TALES], {
      ...OPTIONS,
      splitDigits: true,
    });
    expect(digits.pieces.filter(({ piece }) => /\d/.test(piece) && piece.length > 1)).toEqual([]);
    const suffix = await trainUnigram([TALES], { ...OPTIONS, treatWhitespaceAsSuffix: true });
    expect(suffix.pieces.map(({ piece }) => piece)).toContain("the▁");
    const tokenizer = loadSentencePiece(suffix);
    expect(tokenizer.decode(tokenizer.encode("the tree"))).toBe("the tree ");
  });

  it("places special pieces, user-defined ones and bytes", async () => {
    const model = await trainUnigram([TALES.replaceAll("king", "k<x>g")], {
      ...OPTIONS,
      vocabSize: 900,
      ids: { unknown: 0, start: 1, end: 2, pad: 5 },
      names: { unknown: "[UNK]" },
      controlPieces: ["<c>"],
      userDefinedPieces: ["<x>"],
      byteFallback: true,
    });
    expect(model.pieces.slice(0, 8).map(({ piece }) => piece)).toEqual([
      "[UNK]",
      "<s>",
      "</s>",
      "<c>",
      "<x>",
      "<pad>",
      "<0x00>",
      "<0x01>",
    ]);
    expect(model.pieces.length).toBe(900);
    expect(model.pieces.filter(({ piece, type }) => type === "normal" && piece.includes("<x>"))).toEqual([]);
    const tokenizer = loadSentencePiece(model);
    expect(tokenizer.encode("k<x>g 語")).toContain(4);
    expect(tokenizer.decode(tokenizer.encode("k<x>g 語"))).toBe("k<x>g 語");
  });

  it("covers as many characters as asked for, and those required", async () => {
    const characters = async (options: object): Promise<Set<string>> => {
      const model = await trainUnigram([TALES, "ŵ"], { ...OPTIONS, ...options });
      return new Set(model.pieces.filter(({ piece }) => [...piece].length === 1).map(({ piece }) => piece));
    };
    expect(await characters({ characterCoverage: 1 })).toContain("ŵ");
    const few = await characters({ characterCoverage: 0.98, requiredCharacters: "ŵ語" });
    expect([few.has("ŵ"), few.has("語"), few.has("Q")]).toEqual([true, true, false]);
  });

  it("tells how far it is, and stops when it's told to", async () => {
    const phases: TrainUnigramProgress[] = [];
    await trainUnigram([TALES], { ...OPTIONS, onProgress: (progress) => phases.push(progress) });
    expect([...new Set(phases.map(({ phase }) => phase))]).toEqual(["texts", "seeds", "pieces"]);
    const sizes = phases.flatMap((each) => (each.phase === "pieces" ? [each.pieces] : []));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));

    const controller = new AbortController();
    const reason = new Error("enough");
    const training = trainUnigram([TALES], {
      ...OPTIONS,
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "seeds" && controller.abort(reason),
    });
    await expect(training).rejects.toBe(reason);
  });

  it("learns from every second line, or fourth, or eighth, of more texts than it may hold", async () => {
    const lines = TALES.match(/\S.{1,200}\s/g) as string[];
    const steps: number[] = [];
    const model = await trainUnigram(lines, {
      ...OPTIONS,
      mostCharacters: Math.floor(TALES.length / 3),
      onProgress: (progress) => progress.phase === "texts" && steps.push(progress.lineStep),
    });
    expect(steps.at(-1)).toBe(4);
    const everyFourth = lines.filter((_, i) => i % 4 === 0);
    expect(model).toEqual(await trainUnigram(everyFourth, OPTIONS));
  });

  it("cuts lines that are too long instead of leaving them out", async () => {
    const model = await trainUnigram([`${"abcdefghij ".repeat(3000)}\n${"日本語".repeat(3000)}`], {
      ...OPTIONS,
      vocabSize: 20,
    });
    for (const word of ["▁abcdefghij", "日本語日本語"])
      expect(model.pieces.some(({ piece }) => piece.includes(word))).toBe(true);
  });

  it.each([
    [{ vocabSize: 20 }, "vocabSize: expected at least"],
    [{ vocabSize: 1_000_000 }, "fewer than the 1000000 asked for"],
    [{ characterCoverage: 2 }, "characterCoverage: expected a number from 0.5 to 1, got 2"],
    [{ ids: { unknown: -1 } }, "ids.unknown: expected an id, got -1"],
    [{ ids: { pad: 1 } }, 'ids: 1 is given to "</s>" and "<pad>"'],
    [{ controlPieces: ["<pad>"] }, 'got "<pad>"'],
  ])("refuses %j", async (options, message) => {
    await expect(trainUnigram([TALES.slice(0, 20_000)], { ...OPTIONS, ...options })).rejects.toThrow(message);
  });

  it("refuses texts that are no texts, and no texts at all", async () => {
    await expect(trainUnigram(["a", 5 as unknown as string], OPTIONS)).rejects.toThrow(
      "texts[1]: expected a string, got number",
    );
    await expect(trainUnigram(["", " "], OPTIONS)).rejects.toThrow("expected some that aren't empty");
  });

  it("gives fewer pieces than asked for if that's allowed", async () => {
    const model = await trainUnigram(["a b a b"], { ...OPTIONS, hardVocabLimit: false });
    expect(model.pieces.length).toBeLessThan(600);
    expect(model.trainer.vocabSize).toBe(model.pieces.length);
  });

  it.skipIf(!HAS_TRAINER)("compresses held-out text as SentencePiece's own models do", async () => {
    const bytesPerToken = (file: Parameters<typeof loadSentencePiece>[0], text: string): number => {
      const tokenizer = loadSentencePiece(file);
      const count = text.split("\n").reduce((sum, line) => sum + tokenizer.encode(line).length, 0);
      return new TextEncoder().encode(text).length / count;
    };
    const half = CHINESE.length / 2;
    for (const [text, held, vocabSize] of [
      [TALES, HELD_OUT, 1500],
      [CHINESE.slice(0, half), CHINESE.slice(half), 840],
    ] as const) {
      const ours = await trainUnigram([text], { vocabSize, normalizer: "nmt_nfkc" });
      const theirs = trainReference(text, [`--vocab_size=${vocabSize}`]);
      const ratio = bytesPerToken(ours, held) / bytesPerToken(theirs, held);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
    }
  });

  it.skipIf(!HAS_REFERENCE)("writes models that SentencePiece reads and uses as we do", async () => {
    const model = await trainUnigram([TALES], { vocabSize: 600 });
    const texts = HELD_OUT.split("\n").slice(0, 200);
    const expected = runReference(writeModel(model), texts, true);
    const tokenizer = loadSentencePiece(model);
    expect(texts.map((text) => tokenizer.encode(text))).toEqual(expected.map(({ ids }) => ids));
  });
});

describe("digamma", () => {
  it("has the values that are known", () => {
    const gamma = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-gamma, 8);
    expect(digamma(0.5)).toBeCloseTo(-gamma - 2 * Math.log(2), 8);
    expect(digamma(100) - digamma(99)).toBeCloseTo(1 / 99, 12);
  });
});
