import { readFile } from "node:fs/promises";
import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import { openTokenizer } from "../files/tokenizer-file.js";
import type { BenchJob } from "./job.js";
import { type PreparedWork, timed } from "./prepared-work.js";

/** Encodes every line of a text, or learns from them. `tokens` shows whether another tokenizer did the same. */
export async function prepareTokenizer(job: BenchJob): Promise<PreparedWork> {
  const { tokenizerFile = "", modelFile = tokenizerFile, textFile = "", size } = job;
  const text = await readFile(textFile, "utf8");
  const bytes = Buffer.byteLength(text);
  if (job.kind === "tokenizer" && job.tokenizer === "train") {
    const lines = text.split(/(?<=\n)/); // as Hugging Face reads a file, line breaks included
    return timed(async () => ({ bytes, tokens: (await trainBpe(lines, trainOptions(Number(size)))).vocabSize }));
  }
  const tokenizer = await openTokenizer(modelFile);
  const lines = text.split("\n");
  return timed(async () => {
    let tokens = 0;
    for (const line of lines) tokens += tokenizer.encode(line, { addSpecialTokens: false }).length;
    return { bytes, tokens };
  });
}

/** What Hugging Face's trainer does if it isn't told anything. */
function trainOptions(vocabSize: number): Parameters<typeof trainBpe>[1] {
  return { vocabSize, pattern: "gpt2", minFrequency: 1, specialTokens: [], sentinels: 0, marks: "none" };
}
