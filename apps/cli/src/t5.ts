#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { addBenchCommand } from "./commands/bench.js";
import { addConvertCommand } from "./commands/convert.js";
import { addEvaluateCommand } from "./commands/evaluate.js";
import { addGenerateCommand } from "./commands/generate.js";
import { addInfoCommand } from "./commands/info.js";
import { addQuickstartCommand } from "./commands/quickstart.js";
import { addTokenizerCommand } from "./commands/tokenizer.js";
import { addTrainCommand } from "./commands/train.js";
import { addVerifyCommand } from "./commands/verify.js";
import { EXIT } from "./exit-codes.js";
import { errColors } from "./terminal/colors.js";
import { createOutput } from "./terminal/output.js";

const program = new Command("t5")
  .description("T5, the text-to-text transfer transformer: train it, use it, look inside.")
  .version(packageJson.version, "-v, --version")
  .exitOverride()
  .configureOutput({ outputError: (message) => reportWrongUse(message.replace(/^error: /, "").trim()) })
  .addHelpText("after", "\nEvery command has --help with an example. To begin with: t5 quickstart");

for (const addCommand of [
  addQuickstartCommand,
  addTokenizerCommand,
  addTrainCommand,
  addGenerateCommand,
  addEvaluateCommand,
  addVerifyCommand,
  addConvertCommand,
  addBenchCommand,
  addInfoCommand,
]) {
  addCommand(program);
}

// A reader that leaves, such as `head`, is no error. A running command is told of it and ends in its own way.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
}
// Ends even if something is still listening, such as a backend's threads; what was written has to be out before.
process.stdout.write("", () => process.exit());

/** The options aren't parsed when they are wrong, so whether `--json` is among them is seen from the arguments. */
function reportWrongUse(message: string): void {
  const json = process.argv.includes("--json");
  createOutput({ json }).event({ event: "error", message });
  process.stderr.write(`${errColors.red("t5:")} ${message}\n`);
}
