import { readFile } from "node:fs/promises";
import { openTokenizer } from "../tokenizer-file.js";
import type { BenchJob } from "./job.js";
import { type PreparedWork, timed } from "./prepared-work.js";

/** Encodes every line of a text. `tokens` shows whether another tokenizer did the same. */
export async function prepareTokenizer({ tokenizerFile = "", textFile = "" }: BenchJob): Promise<PreparedWork> {
  const tokenizer = await openTokenizer(tokenizerFile);
  const text = await readFile(textFile, "utf8");
  const lines = text.split("\n");
  const bytes = Buffer.byteLength(text);
  return timed(async () => {
    let tokens = 0;
    for (const line of lines) tokens += tokenizer.encode(line, { addSpecialTokens: false }).length;
    return { bytes, tokens };
  });
}
