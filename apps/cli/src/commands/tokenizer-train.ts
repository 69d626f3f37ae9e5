import { type Command, Option } from "commander";
import { addRequiredOption, integerFrom } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";
import type { TokenizerTrainOptions } from "../tokenizer/train.js";

export function addTokenizerTrainCommand(tokenizer: Command): void {
  const command = tokenizer
    .command("train")
    .summary("learn a vocabulary from texts")
    .description(
      "Learns a vocabulary from texts: by byte pair encoding, as a tokenizer.json, or a unigram one as SentencePiece does, " +
        "as a .model file or a tokenizer.json.",
    )
    .argument("<files...>", "texts, a line at a time; plain or gzip; - is stdin");
  addRequiredOption(command, "--vocab-size <n>", "ids in all", integerFrom(1));
  addRequiredOption(command, "--out <file>", "the file to write; a unigram one that ends in .model is SentencePiece's")
    .addOption(
      new Option("--model <model>", "how pieces are found: by merging, or by pruning")
        .choices(["bpe", "unigram"])
        .default("bpe"),
    )
    .option("--sentinels <n>", "how many <extra_id_i> take the last ids (default: 100)", integerFrom(0))
    .option("--max-piece-length <n>", "the most characters in a piece", integerFrom(1))
    .option("--byte-fallback", "spell characters outside the alphabet in bytes (not for byte-level)")
    .addOption(
      new Option("--kind <kind>", "bpe: spell words in bytes (the default) or in characters").choices([
        "byte-level",
        "metaspace",
      ]),
    )
    .addOption(
      new Option("--marks <marks>", "bpe: the marks that encoding writes (default: end)").choices([
        "end",
        "start-end",
        "none",
      ]),
    )
    .option("--min-frequency <n>", "bpe: a pair that is rarer isn't merged (default: 2)", integerFrom(1))
    .option("--limit-alphabet <n>", "bpe, metaspace: the most characters", integerFrom(1))
    .option(
      "--most-characters <n>",
      "unigram: learn from lines of so many, spread over the texts (default: 50000000)",
      integerFrom(1),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  t5 tokenizer train data/gutenberg-en/*.txt.gz \\\n      --vocab-size 8000 --out tokenizer.json" +
        "\n  t5 tokenizer train data/gutenberg-en/*.txt.gz \\\n      --model unigram --vocab-size 8100 --out spiece.model",
    );
  addSharedOptions(command).action((files: string[], options: TokenizerTrainOptions) =>
    runCommand(options, async (context) => {
      const { trainTokenizer } = await import("../tokenizer/train.js");
      await trainTokenizer(files, options, context);
    }),
  );
}
