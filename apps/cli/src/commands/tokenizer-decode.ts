import type { Command } from "commander";
import { addRequiredOption } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";
import type { TokenizerDecodeOptions } from "../tokenizer/decode.js";

export function addTokenizerDecodeCommand(tokenizer: Command): void {
  const command = tokenizer
    .command("decode")
    .summary("ids to text")
    .description("Prints the text of each line of ids.")
    .argument("[ids...]", "ids of one text; without any, the lines of stdin");
  addRequiredOption(command, "--tokenizer <file>", "a tokenizer.json or a .model file")
    .option("--input <file>", "decode the lines of a file; - is stdin")
    .option("--keep-special", "print marks and sentinels too")
    .addHelpText(
      "after",
      "\nExamples:\n  t5 tokenizer decode --tokenizer tokenizer.json 712 1061 1" +
        "\n  t5 tokenizer decode --tokenizer tokenizer.json < ids.txt",
    );
  addSharedOptions(command).action((ids: string[], options: TokenizerDecodeOptions) =>
    runCommand(options, async (context) => {
      const { decodeLines } = await import("../tokenizer/decode.js");
      await decodeLines(ids, options, context);
    }),
  );
}
