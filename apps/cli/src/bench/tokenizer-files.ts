import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLines } from "@t5ts/datasets";
import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import { loadT5Tokenizer, trainUnigram, writeModel } from "@t5ts/tokenizer-sentencepiece";
import { inputSource } from "../files/text-input.js";
import type { Clone } from "./clone.js";
import { tokenizerJsonOfTiktoken } from "./tiktoken-file.js";
import type { TokenizerKind } from "./work.js";

/** Books of the sample data that vocabularies are learned from. */
const TRAINING = ["grimms-fairy-tales", "tom-sawyer", "secret-garden"].map((book) => `gutenberg-en/${book}.txt.gz`);

/** Another book, abstracts of papers, commands, sentences in English and Chinese: so much of each, 10 MB in all. */
const TEXTS = [
  "gutenberg-en/wind-in-the-willows.txt.gz",
  "scitldr/train.jsonl.gz",
  "snips/train.jsonl.gz",
  "tatoeba-en-zh/train.tsv.gz",
];
const MOST_BYTES = 3_200_000;

const CL100K = "tiktoken/encoders/cl100k_base.json";

/** What tokenizers are measured on: a tokenizer.json or a .model file, and lines that it wasn't trained on. */
export type TokenizerFiles = { tokenizerFile?: string; modelFile?: string; textFile: string };

/** What is missing for a measurement, if something is. */
export function missingForTokenizers(kind: TokenizerKind, clone: Clone | undefined): string | undefined {
  if (clone === undefined) return "its texts are the sample data of a clone of the repository";
  if (kind === "cl100k" && !existsSync(join(clone.benchFolder, "node_modules", CL100K)))
    return "its vocabulary is that of tiktoken, which isn't installed in tooling/bench";
  return undefined;
}

/** Makes the files and gives them to `use`; they're gone afterwards. */
export async function withTokenizerFiles<T>(
  kind: TokenizerKind,
  { dataFolder, benchFolder }: Clone,
  { vocabSize, signal }: { vocabSize: number; signal: AbortSignal },
  use: (files: TokenizerFiles) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "t5-bench-"));
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const lines = async (files: readonly string[], most: number): Promise<string[]> =>
    (await Promise.all(files.map((file) => firstLines(join(dataFolder, file), most, signal)))).flat();
  try {
    const textFile = await write("text.txt", (await lines(TEXTS, MOST_BYTES)).join("\n"));
    const training = kind === "bpe" || kind === "unigram" ? await lines(TRAINING, Number.POSITIVE_INFINITY) : [];
    switch (kind) {
      case "train":
        return await use({ textFile });
      case "cl100k": {
        const file = await readFile(join(benchFolder, "node_modules", CL100K), "utf8");
        const json = JSON.stringify(tokenizerJsonOfTiktoken(JSON.parse(file)));
        return await use({ textFile, tokenizerFile: await write("tokenizer.json", json) });
      }
      case "bpe": {
        const tokenizer = await trainBpe(training, { vocabSize, pattern: "gpt4", signal }); // a pattern that all peers know
        return await use({ textFile, tokenizerFile: await write("tokenizer.json", JSON.stringify(tokenizer)) });
      }
      case "unigram": {
        const model = await trainUnigram(training, { vocabSize, signal });
        const tokenizer = loadT5Tokenizer(model, { extraIds: 0, dialect: "hf-fast" });
        const modelFile = await write("spiece.model", writeModel(model));
        return await use({
          textFile,
          modelFile,
          tokenizerFile: await write("tokenizer.json", JSON.stringify(tokenizer)),
        });
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function firstLines(path: string, mostBytes: number, signal: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const { text } of readLines(await inputSource(path, signal))) {
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > mostBytes) break;
    lines.push(text);
  }
  return lines;
}
