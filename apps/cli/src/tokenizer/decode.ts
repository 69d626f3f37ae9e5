import type { TokenizerDecodeOptions } from "../commands/tokenizer-decode.js";
import { createLineWriter } from "../line-writer.js";
import type { CommandContext } from "../run-command.js";
import { inputLines } from "../text-input.js";
import { openTokenizer } from "../tokenizer-file.js";
import { UsageError } from "../usage-error.js";
import { showReading } from "./show-reading.js";

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
