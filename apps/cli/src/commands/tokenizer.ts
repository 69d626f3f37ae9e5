import type { Command } from "commander";
import { addTokenizerDecodeCommand } from "./tokenizer-decode.js";
import { addTokenizerEncodeCommand } from "./tokenizer-encode.js";
import { addTokenizerInspectCommand } from "./tokenizer-inspect.js";
import { addTokenizerTrainCommand } from "./tokenizer-train.js";

/** `t5 tokenizer train|encode|decode|inspect`. */
export function addTokenizerCommand(program: Command): void {
  const tokenizer = program
    .command("tokenizer")
    .summary("train a vocabulary, encode, decode, look at subwords")
    .description("Byte pair encoding and unigram vocabularies: train, encode, decode, look at subwords.");
  addTokenizerTrainCommand(tokenizer);
  addTokenizerEncodeCommand(tokenizer);
  addTokenizerDecodeCommand(tokenizer);
  addTokenizerInspectCommand(tokenizer);
}
