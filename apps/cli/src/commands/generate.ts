import type { Command } from "commander";
import { addDecodingOptions } from "../generation/decoding-options.js";
import type { GenerateCommandOptions } from "../generation/generate-lines.js";
import { addRequiredOption, integerFrom } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";

/** `t5 generate`: text in, text out. */
export function addGenerateCommand(program: Command): void {
  const command = program
    .command("generate")
    .summary("text in, text out")
    .description(
      "Prints what a model answers to each text: to the arguments, to the lines of a file, or to those of stdin.",
    )
    .argument("[texts...]", "inputs; quote those with spaces");
  addRequiredOption(command, "--model <folder>", "config.json, model.safetensors, tokenizer.json")
    .option("--input <file>", "answer the lines of a file; - is stdin")
    .option("--num-return <n>", "answers to each input, with their scores", integerFrom(1), 1)
    .option("--attention <file>", "write the attention weights as JSON");
  addDecodingOptions(command).addHelpText(
    "after",
    '\nExamples:\n  t5 generate --model t5-small "translate English to German: Good day"' +
      "\n  t5 generate --model t5-small --prefix 'summarize: ' --beams 4 < texts.txt",
  );
  addSharedOptions(command).action((texts: string[], options: GenerateCommandOptions) =>
    runCommand(options, async (context) => {
      const { generateLines } = await import("../generation/generate-lines.js");
      await generateLines(texts, options, context);
    }),
  );
}
