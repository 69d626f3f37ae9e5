import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hardText } from "./testing/hard-texts.js";
import { trainBpe } from "./train-bpe.js";
import type { TrainBpeOptions, TrainBpeProgress } from "./train-options.js";

const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = source(`../node_modules/.cache/workers-${process.pid}`);

let trainBpeInWorkers: typeof import("./train-in-workers.js").trainBpeInWorkers;

// A worker is a file of JavaScript beside the one that starts it: both are made of the sources, as they are published.
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [source("train.ts"), source("train-worker.ts")],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
  });
  ({ trainBpeInWorkers } = await import(pathToFileURL(`${folder}/train.js`).href));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXTS = ["she sells sea shells", "by the sea shore", "the shells she sells", "混沌未分天地乱，茫茫渺渺无人见。"];
const OPTIONS: TrainBpeOptions = { vocabSize: 420, minFrequency: 1 };

async function* streamed(texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) {
    await Promise.resolve();
    yield text;
  }
}

describe("trainBpeInWorkers", () => {
  it.each([1, 2, 3])("learns the vocabulary that trainBpe learns, with %i workers", async (workers) => {
    for (const options of [
      OPTIONS,
      { ...OPTIONS, preTokenizer: "metaspace", initialAlphabet: new Set("é"), normalizer: { type: "NFKC" } },
    ] as const) {
      const expected = JSON.stringify(await trainBpe(TEXTS, options));
      expect(JSON.stringify(await trainBpeInWorkers(TEXTS, { ...options, workers }))).toBe(expected);
      expect(JSON.stringify(await trainBpeInWorkers(streamed(TEXTS), { ...options, workers }))).toBe(expected);
    }
  });

  it("learns the same whatever batches the texts come in, and in whatever order", async () => {
    const texts = fc.array(hardText, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 3 }), fc.nat(3), async (some, workers, size) => {
        // Long enough for several batches; the filler has words of its own.
        const filler = Array.from({ length: size }, (_, i) => `filler${i} `.repeat(40_000));
        const all = [...some, ...filler, ...some];
        const expected = JSON.stringify(await trainBpe(all, OPTIONS));
        expect(JSON.stringify(await trainBpeInWorkers(streamed(all.reverse()), { ...OPTIONS, workers }))).toBe(
          expected,
        );
      }),
      { numRuns: 8 },
    );
  });

  it("tells how far it is", async () => {
    const seen: TrainBpeProgress[] = [];
    const texts = ["a text of some words ".repeat(20_000), "and another one ".repeat(20_000), ...TEXTS];
    await trainBpeInWorkers(texts, { ...OPTIONS, workers: 2, onProgress: (progress) => seen.push(progress) });
    expect(seen.findLast(({ phase }) => phase === "texts")).toMatchObject({ texts: texts.length });
  });

  it("stops when told to, and reads no further", async () => {
    const abort = new AbortController();
    let isClosed = false;
    const texts = (function* () {
      try {
        for (let i = 0; ; i++) {
          if (i === 50_000) abort.abort(new Error("enough"));
          yield `text ${i} of many`;
        }
      } finally {
        isClosed = true;
      }
    })();
    await expect(trainBpeInWorkers(texts, { ...OPTIONS, workers: 2, signal: abort.signal })).rejects.toThrow("enough");
    expect(isClosed).toBe(true);
    const signal = AbortSignal.abort();
    await expect(trainBpeInWorkers(TEXTS, { ...OPTIONS, signal })).rejects.toThrow("aborted");
  });

  it("fails as trainBpe does, here and in its workers", async () => {
    await expect(trainBpeInWorkers(TEXTS, { vocabSize: 300 })).rejects.toThrow(
      new RangeError(
        "trainBpe: vocabSize: expected at least 361 (special pieces 5, alphabet 256, sentinels 100), got 300",
      ),
    );
    await expect(trainBpeInWorkers(TEXTS, { ...OPTIONS, normalizer: { type: "NFX" } })).rejects.toMatchObject({
      path: "normalizer.type",
    });
    await expect(trainBpeInWorkers(TEXTS, { ...OPTIONS, workers: 0 })).rejects.toThrow("workers: expected an integer");
    await expect(trainBpeInWorkers([7 as never], OPTIONS)).rejects.toThrow("expected strings, got number after 0");
  });

  it("hands on what the texts or the listener throw", async () => {
    const broken = (function* () {
      yield "a";
      throw new Error("the disk is gone");
    })();
    await expect(trainBpeInWorkers(broken, OPTIONS)).rejects.toThrow("the disk is gone");
    const onProgress = (): void => {
      throw new Error("the listener is gone");
    };
    await expect(trainBpeInWorkers(TEXTS, { ...OPTIONS, onProgress })).rejects.toThrow("the listener is gone");
  });
});
