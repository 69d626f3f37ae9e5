import type { Command } from "commander";
import { addRequiredOption } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";
import type { TokenizerEncodeOptions } from "../tokenizer/encode.js";

export function addTokenizerEncodeCommand(tokenizer: Command): void {
  const command = tokenizer
    .command("encode")
    .summary("text to pieces or ids")
    .description("Prints the pieces or ids of each text on a line, divided by spaces.")
    .argument("[texts...]", "texts; without any, the lines of stdin");
  addRequiredOption(command, "--tokenizer <file>", "a tokenizer.json or a .model file")
    .option("--input <file>", "encode the lines of a file; - is stdin")
    .option("--ids", "print ids and not pieces")
    .option("--no-special", "without the marks of start and end")
    .option("--offsets", "after each, a colon and its place in the text")
    .addHelpText(
      "after",
      '\nExamples:\n  t5 tokenizer encode --tokenizer tokenizer.json "Hello world"' +
        "\n  t5 tokenizer encode --tokenizer tokenizer.json --ids < text.txt",
    );
  addSharedOptions(command).action((texts: string[], options: TokenizerEncodeOptions) =>
    runCommand(options, async (context) => {
      const { encodeLines } = await import("../tokenizer/encode.js");
      await encodeLines(texts, options, context);
    }),
  );
}
