import { type Command, Option } from "commander";
import { addRequiredOption, integerFrom } from "../option-values.js";
import { addSharedOptions, runCommand, type SharedOptions } from "../run-command.js";

export type TokenizerTrainOptions = SharedOptions & {
  vocabSize: number;
  out: string;
  kind: "byte-level" | "metaspace";
  marks: "end" | "start-end" | "none";
  minFrequency: number;
  sentinels: number;
  byteFallback?: boolean;
  limitAlphabet?: number;
  maxPieceLength?: number;
};

export function addTokenizerTrainCommand(tokenizer: Command): void {
  const command = tokenizer
    .command("train")
    .summary("learn a vocabulary from texts")
    .description("Learns a vocabulary from texts and writes it as a tokenizer.json.")
    .argument("<files...>", "texts, a line at a time; plain or gzip; - is stdin");
  addRequiredOption(command, "--vocab-size <n>", "ids in all", integerFrom(1));
  addRequiredOption(command, "--out <file>", "the tokenizer.json to write")
    .addOption(
      new Option("--kind <kind>", "spell words in bytes, or in characters")
        .choices(["byte-level", "metaspace"])
        .default("byte-level"),
    )
    .addOption(
      new Option("--marks <marks>", "the marks that encoding writes")
        .choices(["end", "start-end", "none"])
        .default("end"),
    )
    .option("--min-frequency <n>", "a pair that is rarer isn't merged", integerFrom(1), 2)
    .option("--sentinels <n>", "how many <extra_id_i> take the last ids", integerFrom(0), 100)
    .option("--max-piece-length <n>", "the most characters in a piece", integerFrom(1))
    .option("--limit-alphabet <n>", "metaspace: the most characters", integerFrom(1))
    .option("--byte-fallback", "metaspace: spell other characters in bytes")
    .addHelpText(
      "after",
      "\nExample:\n  t5 tokenizer train data/gutenberg-en/*.txt.gz \\\n      --vocab-size 8000 --out tokenizer.json",
    );
  addSharedOptions(command).action((files: string[], options: TokenizerTrainOptions) =>
    runCommand(options, async (context) => {
      const { trainTokenizer } = await import("../tokenizer/train.js");
      await trainTokenizer(files, options, context);
    }),
  );
}
