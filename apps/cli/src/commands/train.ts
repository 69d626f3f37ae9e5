import type { Command } from "commander";
import type { TrainOptions } from "../run/train-file.js";
import { addSharedOptions, runCommand } from "../run-command.js";

const EXAMPLE = `
Example RUN.json, fine-tuning a model of the quickstart on its data:
  {
    "from": "runs/quickstart/phase-2",
    "output": "runs/snips",
    "tasks": [
      { "kind": "snips", "name": "snips", "file": "data/snips/train.jsonl.gz" }
    ],
    "batchSize": 32, "inputLength": 64, "targetLength": 64,
    "steps": 300,
    "schedule": { "learningRate": 0.01, "warmupSteps": 20 }
  }

  t5 train RUN.json            until its steps are made, or Ctrl-C: it's saved
  t5 train RUN.json --resume   goes on where it was

It's also saved every five minutes ("checkpoints": { "everyMinutes": 5 }), and
when it's told to end by SIGTERM or SIGHUP; a second signal ends it at once.`;

/** `t5 train RUN.json` */
export function addTrainCommand(program: Command): void {
  const command = program
    .command("train")
    .description("carry out a run: pretraining, several tasks at once, or fine-tuning")
    .argument("<RUN.json>", "what to learn from what")
    .option("--resume", "go on from the newest whole checkpoint of the run")
    .option("--overwrite", "begin anew in a folder that holds a run or a model: its checkpoints and log are removed");
  addSharedOptions(command)
    .addHelpText("after", EXAMPLE)
    .action((file: string, options: TrainOptions) =>
      runCommand(options, async (context) => {
        const { trainFile } = await import("../run/train-file.js");
        await trainFile(file, options, context);
      }),
    );
}
