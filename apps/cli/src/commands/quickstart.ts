import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import type { Dialect } from "../quickstart/recipe.js";
import { addSharedOptions, runCommand, type SharedOptions } from "../run-command.js";
import { UsageError } from "../usage-error.js";

type QuickstartOptions = SharedOptions & { dialect: Dialect; data?: string; runs: string; report: string };

const EXAMPLE = `
Example:
  t5 quickstart --seed 1
  open quickstart-report/index.html
  t5 generate --model runs/quickstart/snips "snips: play some jazz"`;

/** `t5 quickstart` */
export function addQuickstartCommand(program: Command): void {
  const command = program
    .command("quickstart")
    .description("the whole story in minutes: tokenizer, two phases of pretraining, fine-tuning, evaluation, report")
    .addOption(
      new Option("--dialect <name>", "the architecture").choices(["published", "described"]).default("published"),
    )
    .option("--data <folder>", "the sample data (default: that of the repository)")
    .option("--runs <folder>", "where models and logs go", "runs/quickstart")
    .option("--report <folder>", "where the report page goes", "quickstart-report");
  addSharedOptions(command)
    .addHelpText("after", EXAMPLE)
    .action((options: QuickstartOptions) =>
      runCommand(options, async (context) => {
        const data = resolve(options.data ?? fileURLToPath(new URL("../../../data", import.meta.url)));
        if (!(await stat(data).catch(() => undefined))) {
          throw new UsageError(
            `${data}: expected the sample data of the repository (data/), found nothing; --data names it`,
          );
        }
        const { runQuickstart } = await import("../quickstart/run-quickstart.js");
        const { dialect, runs, report } = options;
        await runQuickstart({ dialect, data, runs: resolve(runs), report: resolve(report) }, context);
      }),
    );
}
