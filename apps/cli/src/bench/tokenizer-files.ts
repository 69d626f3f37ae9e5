import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLines } from "@t5ts/datasets";
import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import { inputSource } from "../text-input.js";

/** Books of the sample data: what the vocabulary is learned from, and another that is encoded. */
const TRAINING = ["grimms-fairy-tales", "tom-sawyer", "secret-garden"];
const ENCODED = "wind-in-the-willows";

/** What tokenizers are measured on: a tokenizer.json, and the lines of a book that it wasn't trained on. */
export type TokenizerFiles = { tokenizerFile: string; textFile: string };

/**
 * Trains a tokenizer on a part of the sample data and gives `use` the files, which are gone afterwards.
 *
 * @throws Error if there's no sample data
 */
export async function withTokenizerFiles<T>(
  dataFolder: string,
  { vocabSize, signal }: { vocabSize: number; signal: AbortSignal },
  use: (files: TokenizerFiles) => Promise<T>,
): Promise<T> {
  const book = async (name: string): Promise<string[]> => {
    const source = await inputSource(join(dataFolder, "gutenberg-en", `${name}.txt.gz`), signal);
    const lines: string[] = [];
    for await (const { text } of readLines(source)) lines.push(text);
    return lines;
  };
  const training = (await Promise.all(TRAINING.map(book))).flat();
  const folder = await mkdtemp(join(tmpdir(), "t5-bench-"));
  try {
    const tokenizer = await trainBpe(training, { vocabSize, signal });
    const files = { tokenizerFile: join(folder, "tokenizer.json"), textFile: join(folder, "text.txt") };
    await writeFile(files.tokenizerFile, JSON.stringify(tokenizer));
    await writeFile(files.textFile, (await book(ENCODED)).join("\n"));
    return await use(files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
