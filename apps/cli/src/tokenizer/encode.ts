import type { Encoding } from "@t5ts/tokenizer-bpe";
import type { TokenizerEncodeOptions } from "../commands/tokenizer-encode.js";
import { createLineWriter } from "../line-writer.js";
import type { CommandContext } from "../run-command.js";
import { inputLines } from "../text-input.js";
import { openTokenizer } from "../tokenizer-file.js";

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
  const { lines } = await inputLines(texts, input, signal);
  const writer = createLineWriter();
  const encodeOptions = { addSpecialTokens: special };
  for await (const { number, text } of lines) {
    if (signal.aborted) break;
    if (json)
      output.event({
        event: "encoding",
        line: number,
        ...encodingFields(tokenizer.encodeDetailed(text, encodeOptions)),
      });
    else if (wantsIds && !wantsOffsets) await writer.write(tokenizer.encode(text, encodeOptions).join(" "));
    else await writer.write(formatEncoding(tokenizer.encodeDetailed(text, encodeOptions), { wantsIds, wantsOffsets }));
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
