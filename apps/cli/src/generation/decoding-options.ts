import type { BeamDialect } from "@t5ts/t5-model";
import { type Command, Option } from "commander";
import { integerFrom, numberThat, positiveNumber } from "../option-values.js";
import { UsageError } from "../usage-error.js";

/** How texts are made, by the options that `generate` and `evaluate` share. */
export type DecodingOptions = {
  task?: string;
  prefix?: string;
  maxTokens: number;
  minTokens: number;
  maxInput: number;
  truncate?: boolean;
  batchSize: number;
  beams: number;
  lengthPenalty: number;
  dialect?: BeamDialect;
  earlyStopping?: boolean;
  temperature?: number;
  topK?: number;
  topP?: number;
  repetitionPenalty?: number;
  noRepeatNgram?: number;
};

/** Adds the options of `DecodingOptions`. */
export function addDecodingOptions(command: Command): Command {
  return command
    .option("--task <name>", "the task whose layer the model passes through")
    .option("--prefix <text>", "put before each input, such as 'summarize: '")
    .option("--max-tokens <n>", "the longest output, in tokens", integerFrom(1), 128)
    .option("--min-tokens <n>", "the shortest output, in tokens", integerFrom(0), 0)
    .option("--max-input <n>", "the longest input, in tokens", integerFrom(2), 512)
    .option("--truncate", "cut longer inputs instead of refusing them")
    .option("--batch-size <n>", "inputs at a time", integerFrom(1), 16)
    .option("--beams <n>", "beams to search with; 1 is greedy", integerFrom(1), 1)
    .option("--length-penalty <x>", "beams: above 0 prefers long outputs", numberThat(Number.isFinite, "a number"), 0.6)
    .addOption(
      new Option("--dialect <name>", "beams: whose search and scores (default: t5x)").choices([
        "t5x",
        "huggingface",
        "huggingface5",
      ]),
    )
    .option("--early-stopping", "beams: end when enough have ended (huggingface)")
    .option("--temperature <x>", "sample, sharper below 1, flatter above", positiveNumber)
    .option("--top-k <n>", "sample from the n best tokens", integerFrom(1))
    .option(
      "--top-p <x>",
      "sample from the best with this share",
      numberThat((p) => p > 0 && p <= 1, "a number in (0, 1]"),
    )
    .option("--repetition-penalty <x>", "above 1: tokens used before score less", positiveNumber)
    .addOption(noRepeatNgramOption());
}

/** Commander takes an option that begins with `no` for the opposite of another one. */
function noRepeatNgramOption(): Option {
  const option = new Option("--no-repeat-ngram <n>", "never the same n tokens twice").argParser(integerFrom(1));
  option.negate = false;
  return option;
}

/** Whether tokens are drawn, and not the best taken. */
export function isSampling({ temperature, topK, topP }: DecodingOptions): boolean {
  return temperature !== undefined || topK !== undefined || topP !== undefined;
}

/** @throws UsageError for options that contradict each other. */
export function checkDecodingOptions(options: DecodingOptions): void {
  const { beams, minTokens, maxTokens, earlyStopping, dialect } = options;
  if (beams > 1 && isSampling(options)) {
    throw new UsageError("--beams takes the best; it can't be combined with --temperature, --top-k or --top-p");
  }
  if (beams === 1 && (earlyStopping || dialect !== undefined)) {
    throw new UsageError("--early-stopping and --dialect are of a search with several --beams, got one");
  }
  if (earlyStopping && dialect === "t5x") {
    throw new UsageError("--early-stopping: T5X's search has none; expected --dialect huggingface");
  }
  if (minTokens > maxTokens) {
    throw new UsageError(`--min-tokens: expected at most --max-tokens (${maxTokens}), got ${minTokens}`);
  }
}
