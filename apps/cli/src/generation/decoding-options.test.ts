import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "../usage-error.js";
import { addDecodingOptions, checkDecodingOptions, type DecodingOptions } from "./decoding-options.js";

/** The options that a command line gives. */
function parse(...args: string[]): DecodingOptions {
  const command = addDecodingOptions(new Command("t").argument("[texts...]").exitOverride());
  return command
    .configureOutput({ writeErr: () => {} })
    .parse(args, { from: "user" })
    .opts();
}

describe("decoding options", () => {
  it("are greedy unless something else is said", () => {
    expect(parse()).toEqual({
      maxTokens: 128,
      minTokens: 0,
      maxInput: 512,
      batchSize: 16,
      beams: 1,
      lengthPenalty: 0.6,
    });
  });

  it("take a number for --no-repeat-ngram, which is not the opposite of an option", () => {
    expect(parse("--no-repeat-ngram", "3").noRepeatNgram).toBe(3);
    expect(() => parse("--no-repeat-ngram", "0")).toThrow("Expected an integer from 1 on.");
  });

  it("take a length penalty below 0", () => {
    expect(parse("--length-penalty", "-1").lengthPenalty).toBe(-1);
  });

  const contradictions: [string[], string][] = [
    [["--beams", "2", "--temperature", "2"], "--beams takes the best; it can't be combined with --temperature"],
    [["--beams", "2", "--top-k", "5"], "--beams takes the best"],
    [["--early-stopping"], "--early-stopping and --dialect are of a search with several --beams, got one"],
    [["--dialect", "t5x"], "--early-stopping and --dialect are of a search with several --beams, got one"],
    [["--beams", "2", "--early-stopping", "--dialect", "t5x"], "--early-stopping: T5X's search has none"],
    [["--min-tokens", "129"], "--min-tokens: expected at most --max-tokens (128), got 129"],
  ];
  for (const [args, message] of contradictions) {
    it(`can't be ${args.join(" ")}`, () => {
      expect(() => checkDecodingOptions(parse(...args))).toThrow(UsageError);
      expect(() => checkDecodingOptions(parse(...args))).toThrow(message);
    });
  }
});
