import type { Command } from "commander";
import { addSharedOptions, runCommand, type SharedOptions } from "../run-command.js";

/** `t5 verify`: a model against known answers. */
export function addVerifyCommand(program: Command): void {
  const command = program
    .command("verify")
    .summary("a model against the answers of another implementation")
    .description(
      "Runs the model of a folder on the inputs of its cases.json and compares losses, hidden states, logits, " +
        "attention, gradients and generated ids with what is expected there. Exits with 1 beyond tolerance.",
    )
    .argument("<folder>", "config.json, model.safetensors, cases.json")
    .addHelpText("after", "\nExample:\n  t5 verify packages/t5-model/fixtures/v1.0-relu-tied");
  addSharedOptions(command).action((folder: string, options: SharedOptions) =>
    runCommand(options, async (context) => {
      const { verifyFolder } = await import("../verification/verify-folder.js");
      await verifyFolder(folder, context);
    }),
  );
}
