import type { Encoding } from "@t5ts/tokenizer-bpe";
import { inputLines } from "../files/text-input.js";
import { openTokenizer } from "../files/tokenizer-file.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { createLineWriter } from "../terminal/line-writer.js";
import { showReading } from "./show-reading.js";

/** What `t5 tokenizer encode` is told. */
export type TokenizerEncodeOptions = SharedOptions & {
  tokenizer: string;
  input?: string;
  ids?: boolean;
  special: boolean;
  offsets?: boolean;
};

/** Prints a line of ids or pieces for each line of text. */
export async function encodeLines(
  texts: readonly string[],
  {
    tokenizer: path,
    input,
    ids: wantsIds = false,
    offsets: wantsOffsets = false,
    special,
    json,
  }: TokenizerEncodeOptions,
  { output, signal }: CommandContext,
): Promise<void> {
  const tokenizer = await openTokenizer(path);
  const { lines, bytes } = await inputLines(texts, input, signal);
  const showLine = showReading(output, bytes, json);
  const writer = createLineWriter();
  const encodeOptions = { addSpecialTokens: special };
  for await (const { number, text } of lines) {
    if (signal.aborted) break;
    showLine(number);
    if (wantsIds && !wantsOffsets && !json) {
      await writer.write(tokenizer.encode(text, encodeOptions).join(" "));
      continue;
    }
    const encoding = tokenizer.encodeDetailed(text, encodeOptions);
    // An event is written as a line, so that it waits for a slow reader as lines do.
    if (json) await writer.write(JSON.stringify({ event: "encoding", line: number, ...encodingFields(encoding) }));
    else await writer.write(formatEncoding(encoding, { wantsIds, wantsOffsets }));
  }
  await writer.end();
}

function encodingFields({ ids, pieces, offsets }: Encoding): Pick<Encoding, "ids" | "pieces" | "offsets"> {
  return { ids, pieces, offsets };
}

/** `Hello:0-5 ▁world:5-11` */
function formatEncoding(
  { ids, pieces, offsets }: Encoding,
  { wantsIds, wantsOffsets }: { wantsIds: boolean; wantsOffsets: boolean },
): string {
  return (wantsIds ? ids : pieces)
    .map((item, i) => (wantsOffsets ? `${item}:${offsets[i]?.join("-")}` : String(item)))
    .join(" ");
}
