import { stat } from "node:fs/promises";
import { type ByteSource, readLines } from "@t5ts/datasets";
import { type TrainBpeProgress, trainBpe } from "@t5ts/tokenizer-bpe/train";
import type { TokenizerTrainOptions } from "../commands/tokenizer-train.js";
import { formatBytes, formatCount, formatDuration } from "../format-number.js";
import type { Output } from "../output.js";
import { checkOutputFile, writeWholeFile } from "../output-file.js";
import type { CommandContext } from "../run-command.js";
import { inputSource } from "../text-input.js";
import { readingInput, UsageError } from "../usage-error.js";

/** Trains on the lines of files and writes the tokenizer.json. */
export async function trainTokenizer(
  files: readonly string[],
  options: TokenizerTrainOptions,
  { output, signal }: CommandContext,
): Promise<void> {
  const startedAt = Date.now();
  await checkOutputFile(options.out);
  const corpus = await openCorpus(files, signal);
  const show = (progress: TrainBpeProgress): void => showProgress(progress, corpus, { output, startedAt });
  const tokenizer = await readingInput(() =>
    trainBpe(corpus.texts(), {
      vocabSize: options.vocabSize,
      preTokenizer: options.kind,
      marks: options.marks,
      minFrequency: options.minFrequency,
      sentinels: options.sentinels,
      byteFallback: options.byteFallback,
      limitAlphabet: options.limitAlphabet,
      maxPieceLength: options.maxPieceLength,
      onProgress: show,
      signal,
    }),
  );
  output.progress(undefined);
  if (tokenizer.vocabSize < options.vocabSize) {
    output.warn(
      `the texts have pieces for ${formatCount(tokenizer.vocabSize)} ids and not for ${formatCount(options.vocabSize)}; ` +
        "give more text, or a lower --min-frequency",
    );
  }
  await writeWholeFile(options.out, `${JSON.stringify(tokenizer)}\n`);
  const elapsedMs = Date.now() - startedAt;
  output.event({ event: "done", out: options.out, vocabSize: tokenizer.vocabSize, texts: corpus.numTexts, elapsedMs });
  output.line(
    `${options.out}: ${formatCount(tokenizer.vocabSize)} ids from ${formatCount(corpus.numTexts)} lines ` +
      `(${formatBytes(corpus.readBytes)}) in ${formatDuration(elapsedMs)}`,
  );
}

/** The texts of all files in a row, and how much of them was read: of the bytes on disk, which may be compressed. */
type Corpus = { texts(): AsyncGenerator<string>; numTexts: number; readBytes: number; totalBytes: number };

async function openCorpus(files: readonly string[], signal: AbortSignal): Promise<Corpus> {
  const sources: ByteSource[] = [];
  let totalBytes: number | undefined = 0;
  for (const file of files) {
    sources.push(await inputSource(file, signal));
    // How much will come from stdin isn't known, and so neither is the whole.
    totalBytes = file === "-" || totalBytes === undefined ? undefined : totalBytes + (await stat(file)).size;
  }
  const corpus: Corpus = { texts, numTexts: 0, readBytes: 0, totalBytes: totalBytes ?? 0 };
  return corpus;

  async function* texts(): AsyncGenerator<string> {
    let hasText = false;
    for (const source of sources) {
      for await (const { text } of readLines(counted(source))) {
        corpus.numTexts++;
        hasText ||= text.trim() !== "";
        yield text;
      }
    }
    if (!hasText) throw new UsageError(`${files.join(", ")}: expected at least one line of text, got none`);
  }

  function counted({ name, open }: ByteSource): ByteSource {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const chunk of open()) {
        corpus.readBytes += chunk.length;
        yield chunk;
      }
    }
    return { name, open: bytes };
  }
}

function showProgress(
  progress: TrainBpeProgress,
  { numTexts, readBytes, totalBytes }: Corpus,
  { output, startedAt }: { output: Output; startedAt: number },
): void {
  if (progress.phase === "texts") {
    output.progress({
      title: "reading kB",
      step: Math.round(readBytes / 1000),
      totalSteps: Math.round(totalBytes / 1000),
      fields: { lines: formatCount(numTexts), words: formatCount(progress.words) },
      startedAt,
    });
  } else {
    output.progress({
      title: "merging",
      step: progress.pieces,
      totalSteps: progress.vocabSize,
      fields: { piece: JSON.stringify(progress.lastPiece), occurs: `${formatCount(progress.lastCount)} times` },
      startedAt,
    });
  }
}
