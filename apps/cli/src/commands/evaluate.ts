import { type Command, Option } from "commander";
import type { EvaluateOptions } from "../evaluation/evaluate-options.js";
import { addDecodingOptions } from "../generation/decoding-options.js";
import { addRequiredOption, integerFrom } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";

/** What `--format` takes: how a file's records become inputs and references. */
const DATA_FORMATS: readonly string[] = ["jsonl", "tsv", "snips", "scitldr"];

/** `t5 evaluate`: a model on a data set. */
export function addEvaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .summary("a model on a data set: ROUGE, BLEU, exact match, perplexity …")
    .description("Lets a model answer the inputs of a data set and scores its answers by the references.");
  addRequiredOption(command, "--model <folder>", "config.json, model.safetensors, tokenizer.json");
  addRequiredOption(command, "--data <file>", "inputs and references; plain or gzip");
  addRequiredOption(
    command,
    "--metrics <names>",
    "divided by commas: exact_match, accuracy, rouge, bleu, chrf, squad, wer, …, and perplexity of the references",
    (text) => text.split(",").map((name) => name.trim()),
  );
  command
    .addOption(new Option("--format <name>", "the form of the file (default: by its name)").choices(DATA_FORMATS))
    .option("--input-field <name>", "jsonl, tsv: the field of the input", "inputs")
    .option("--target-field <name>", "of the reference, or a list of them", "targets")
    .option("--limit <n>", "only the first examples", integerFrom(1))
    .option("--out <file>", "write inputs, references and answers as JSONL");
  addDecodingOptions(command).addHelpText(
    "after",
    "\nExample:\n  t5 evaluate --model t5-small --data data/scitldr/dev.jsonl.gz \\" +
      "\n      --format scitldr --metrics rouge,perplexity --limit 50",
  );
  addSharedOptions(command).action((options: EvaluateOptions) =>
    runCommand(options, async (context) => {
      const { evaluateModel } = await import("../evaluation/evaluate-model.js");
      await evaluateModel(options, context);
    }),
  );
}
