import type { Command } from "commander";
import type { InfoOptions } from "../machine/show-info.js";
import { addSharedOptions, runCommand } from "../run-command.js";

/** `t5 info`: what runs here, and what a model is. */
export function addInfoCommand(program: Command): void {
  const command = program
    .command("info")
    .summary("this machine, its backends and which is chosen; a model")
    .description("Shows versions, the machine, which backends run here and which one auto chooses; or a model.")
    .option("--model <folder>", "show a model's configuration and size too")
    .addHelpText("after", "\nExamples:\n  t5 info\n  t5 info --model t5-small");
  addSharedOptions(command).action((options: InfoOptions) =>
    runCommand(options, async (context) => {
      const { showInfo } = await import("../machine/show-info.js");
      await showInfo(options, context);
    }),
  );
}
