import { stat } from "node:fs/promises";
import { type ByteSource, readLines } from "@t5ts/datasets";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { type TrainBpeProgress, trainBpe } from "@t5ts/tokenizer-bpe/train";
import { loadT5Tokenizer, type TrainUnigramProgress, trainUnigram, writeModel } from "@t5ts/tokenizer-sentencepiece";
import { checkOutputFile, writeWholeFile } from "../files/output-file.js";
import { countBytes, inputSource, type ReadBytes } from "../files/text-input.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { formatBytes, formatCount, formatDuration } from "../terminal/format-number.js";
import type { Output } from "../terminal/output.js";
import { readingInput, UsageError } from "../usage-error.js";

/** What `t5 tokenizer train` is told. */
export type TokenizerTrainOptions = SharedOptions & {
  vocabSize: number;
  out: string;
  model: "bpe" | "unigram";
  kind?: "byte-level" | "metaspace";
  marks?: "end" | "start-end" | "none";
  minFrequency?: number;
  sentinels?: number;
  byteFallback?: boolean;
  limitAlphabet?: number;
  maxPieceLength?: number;
  mostCharacters?: number;
};

/** Sentinels that whoever opens a .model file of T5 adds. */
const T5_SENTINELS = 100;

/** Unigram training holds the texts, in 35 bytes for each character, and takes 10 s for a million of them. */
const MOST_CHARACTERS = 50_000_000;

/** Trains on the lines of files and writes the vocabulary. */
export async function trainTokenizer(
  files: readonly string[],
  options: TokenizerTrainOptions,
  { output, signal }: CommandContext,
): Promise<void> {
  const startedAt = Date.now();
  checkModelOptions(options);
  await checkOutputFile(options.out);
  const corpus = await openCorpus(files, signal);
  let lineStep = 1;
  const show = (progress: TrainBpeProgress | TrainUnigramProgress): void => {
    if ("lineStep" in progress) lineStep = progress.lineStep;
    showProgress(progress, corpus, { output, startedAt });
  };
  const train = options.model === "unigram" ? trainUnigramFile : trainBpeFile;
  const { tokenizer, file } = await readingInput(() => train(corpus.texts(), options, { show, signal }));
  output.progress(undefined);
  if (lineStep > 1) {
    output.warn(
      `learned from one line in ${lineStep}: the texts have more characters than --most-characters, ` +
        formatCount(options.mostCharacters ?? MOST_CHARACTERS),
    );
  }
  if (tokenizer.vocabSize < options.vocabSize) {
    const advice = options.model === "unigram" ? "give more text" : "give more text, or a lower --min-frequency";
    output.warn(
      `the texts have pieces for ${formatCount(tokenizer.vocabSize)} ids and not for ${formatCount(options.vocabSize)}; ` +
        advice,
    );
  }
  await writeWholeFile(options.out, file);
  const elapsedMs = Date.now() - startedAt;
  output.event({ event: "done", out: options.out, vocabSize: tokenizer.vocabSize, texts: corpus.numTexts, elapsedMs });
  output.line(
    `${options.out}: ${formatCount(tokenizer.vocabSize)} ids from ${formatCount(corpus.numTexts)} lines ` +
      `(${formatBytes(corpus.bytes.read)}) in ${formatDuration(elapsedMs)}`,
  );
}

/** What was trained, and what its file is to hold. */
type Trained = { tokenizer: Tokenizer; file: string | Uint8Array };

type Watching<Progress> = { show: (progress: Progress) => void; signal: AbortSignal };

async function trainBpeFile(
  texts: AsyncIterable<string>,
  options: TokenizerTrainOptions,
  { show, signal }: Watching<TrainBpeProgress>,
): Promise<Trained> {
  const tokenizer = await trainBpe(texts, {
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
  });
  return { tokenizer, file: `${JSON.stringify(tokenizer)}\n` };
}

async function trainUnigramFile(
  texts: AsyncIterable<string>,
  {
    vocabSize,
    sentinels = T5_SENTINELS,
    out,
    byteFallback,
    maxPieceLength,
    mostCharacters = MOST_CHARACTERS,
  }: TokenizerTrainOptions,
  { show, signal }: Watching<TrainUnigramProgress>,
): Promise<Trained> {
  if (vocabSize <= sentinels) {
    throw new UsageError(`--vocab-size: expected more than the ${sentinels} of --sentinels, got ${vocabSize}`);
  }
  const model = await trainUnigram(texts, {
    vocabSize: vocabSize - sentinels,
    hardVocabLimit: false,
    byteFallback,
    maxPieceLength,
    mostCharacters,
    onProgress: show,
    signal,
  }).catch((cause) => {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(`${cause.message}: --vocab-size ${vocabSize} without ${sentinels} sentinels`, { cause });
  });
  if (isModelFile(out)) return { tokenizer: loadT5Tokenizer(model, { extraIds: sentinels }), file: writeModel(model) };
  const tokenizer = loadT5Tokenizer(model, { extraIds: sentinels, dialect: "hf" });
  return { tokenizer, file: `${JSON.stringify(tokenizer)}\n` };
}

function isModelFile(path: string): boolean {
  return /\.(model|spm)$/.test(path);
}

/** @throws UsageError for options that the kind of vocabulary or file has no place for. */
function checkModelOptions({ model, out, ...options }: TokenizerTrainOptions): void {
  if (model === "bpe") {
    if (isModelFile(out))
      throw new UsageError(
        `--out: byte pair encoding is written as a tokenizer.json, got ${out}; or add --model unigram`,
      );
    if (options.mostCharacters !== undefined) throw new UsageError("--most-characters belongs to --model unigram");
    return;
  }
  const ofBpe = {
    kind: "--kind",
    marks: "--marks",
    minFrequency: "--min-frequency",
    limitAlphabet: "--limit-alphabet",
  };
  for (const [name, flag] of Object.entries(ofBpe)) {
    if (options[name as keyof typeof ofBpe] !== undefined) throw new UsageError(`${flag} belongs to --model bpe`);
  }
  if (isModelFile(out) && ![undefined, 0, T5_SENTINELS].includes(options.sentinels)) {
    throw new UsageError(
      `--sentinels: a .model file holds none, and is opened with ${T5_SENTINELS}, or without where a program says so; ` +
        `expected ${T5_SENTINELS} or 0, got ${options.sentinels}`,
    );
  }
}

/** The texts of all files in a row, and how much of them was read. */
type Corpus = { texts(): AsyncGenerator<string>; numTexts: number; bytes: ReadBytes };

async function openCorpus(files: readonly string[], signal: AbortSignal): Promise<Corpus> {
  const sources: ByteSource[] = [];
  const bytes = { read: 0, total: 0 };
  for (const file of files) {
    sources.push(countBytes(await inputSource(file, signal), bytes));
    if (file !== "-") bytes.total += (await stat(file)).size;
  }
  // How much will come from stdin isn't known, and so neither is the whole.
  if (files.includes("-")) bytes.total = 0;
  const corpus: Corpus = { texts, numTexts: 0, bytes };
  return corpus;

  async function* texts(): AsyncGenerator<string> {
    let hasText = false;
    for (const source of sources) {
      for await (const { text } of readLines(source)) {
        corpus.numTexts++;
        hasText ||= text.trim() !== "";
        yield text;
      }
    }
    if (!hasText) throw new UsageError(`${files.join(", ")}: expected at least one line of text, got none`);
  }
}

function showProgress(
  progress: TrainBpeProgress | TrainUnigramProgress,
  { numTexts, bytes }: Corpus,
  { output, startedAt }: { output: Output; startedAt: number },
): void {
  switch (progress.phase) {
    case "texts":
      output.progress({
        title: "reading kB",
        step: Math.round(bytes.read / 1000),
        totalSteps: Math.round(bytes.total / 1000),
        fields: {
          lines: formatCount(numTexts),
          ...("words" in progress
            ? { words: formatCount(progress.words) }
            : { characters: formatCount(progress.characters) }),
        },
        startedAt,
      });
      break;
    case "merges":
      output.progress({
        title: "merging",
        step: progress.pieces,
        totalSteps: progress.vocabSize,
        fields: { piece: JSON.stringify(progress.lastPiece), occurs: `${formatCount(progress.lastCount)} times` },
        startedAt,
      });
      break;
    case "seeds":
      output.progress({ title: "seed pieces", step: progress.pieces, totalSteps: 0, fields: {}, startedAt });
      break;
    case "pieces":
      output.progress({
        title: "pieces left",
        step: progress.pieces,
        totalSteps: 0,
        fields: { wanted: formatCount(progress.vocabSize), objective: progress.objective.toFixed(4) },
        startedAt,
      });
  }
}
