import { parseSnips, readJsonl, readTextLines, readTsv, snipsExample } from "@t5ts/datasets";
import { fileSource } from "@t5ts/datasets/node";
import type { BpeTokenizer } from "@t5ts/tokenizer-bpe";
import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import type { Output } from "../terminal/output.js";
import { BOOKS, book, SNIPS_TRAIN, TATOEBA_TRAIN, VOCAB_SIZE } from "./recipe.js";

/** Learns the vocabulary from everything that the quickstart trains on. */
export function trainQuickstartTokenizer(
  resolvePath: (path: string) => string,
  { output, signal }: { output: Output; signal: AbortSignal },
): Promise<BpeTokenizer> {
  const startedAt = Date.now();
  return trainBpe(trainingTexts(resolvePath), {
    vocabSize: VOCAB_SIZE,
    signal,
    onProgress: (progress) => {
      if (progress.phase !== "merges") return;
      const fields = { piece: JSON.stringify(progress.lastPiece) };
      output.progress({ title: "tokenizer", step: progress.pieces, totalSteps: progress.vocabSize, fields, startedAt });
    },
  });
}

async function* trainingTexts(resolvePath: (path: string) => string): AsyncGenerator<string> {
  const source = (path: string): ReturnType<typeof fileSource> => fileSource(resolvePath(path));
  for (const name of BOOKS) yield* readTextLines(source(book(name)));
  for await (const record of readJsonl(source(SNIPS_TRAIN), parseSnips)) {
    const { inputs, targets } = snipsExample(record);
    yield inputs;
    yield targets;
  }
  for await (const { en, zh } of readTsv(source(TATOEBA_TRAIN), ["en", "zh"])) {
    yield en;
    yield zh;
  }
}
