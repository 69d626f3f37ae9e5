import { inputLines } from "../files/text-input.js";
import { openTokenizer } from "../files/tokenizer-file.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { createLineWriter } from "../terminal/line-writer.js";
import { UsageError } from "../usage-error.js";
import { showReading } from "./show-reading.js";

/** What `t5 tokenizer decode` is told. */
export type TokenizerDecodeOptions = SharedOptions & { tokenizer: string; input?: string; keepSpecial?: boolean };

/** Prints the text of each line of ids. */
export async function decodeLines(
  ids: readonly string[],
  { tokenizer: path, input, keepSpecial = false, json }: TokenizerDecodeOptions,
  { output, signal }: CommandContext,
): Promise<void> {
  const tokenizer = await openTokenizer(path);
  const { name, lines, bytes } = await inputLines(ids.length > 0 ? [ids.join(" ")] : [], input, signal);
  const showLine = showReading(output, bytes, json);
  const writer = createLineWriter();
  for await (const { number, text: line } of lines) {
    if (signal.aborted) break;
    showLine(number);
    const parsed = parseIds(line, `${name}:${number}`, tokenizer.vocabSize);
    const text = tokenizer.decode(parsed, { skipSpecialTokens: !keepSpecial });
    await writer.write(json ? JSON.stringify({ event: "text", line: number, text }) : text);
  }
  await writer.end();
}

function parseIds(line: string, place: string, vocabSize: number): number[] {
  return (line.match(/\S+/g) ?? []).map((word) => {
    const id = Number(word);
    if (/^\d+$/.test(word) && id < vocabSize) return id;
    throw new UsageError(`${place}: expected ids from 0 to ${vocabSize - 1}, got "${word}"`);
  });
}
