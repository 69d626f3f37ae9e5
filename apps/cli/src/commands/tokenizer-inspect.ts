import type { Command } from "commander";
import { addRequiredOption, integerFrom } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";
import type { TokenizerInspectOptions } from "../tokenizer/inspect.js";

export function addTokenizerInspectCommand(tokenizer: Command): void {
  const command = tokenizer
    .command("inspect")
    .summary("look at a vocabulary and at how it cuts a text")
    .description("Shows a vocabulary: its size, marks and longest pieces; how a text is cut and merged.")
    .argument("[text]", "a text to cut; for up to five words, with how they came about");
  addRequiredOption(command, "--tokenizer <file>", "a tokenizer.json or a .model file")
    .option("--count <file>", "count which pieces a text file uses, how often")
    .option("--top <n>", "how many pieces a list shows", integerFrom(1), 10)
    .addHelpText("after", "\nExample:\n  t5 tokenizer inspect --tokenizer tokenizer.json unbelievable");
  addSharedOptions(command).action((text: string | undefined, options: TokenizerInspectOptions) =>
    runCommand(options, async (context) => {
      const { inspectTokenizer } = await import("../tokenizer/inspect.js");
      await inspectTokenizer(text, options, context);
    }),
  );
}
