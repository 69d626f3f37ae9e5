import { type Command, Option } from "commander";
import type { ConvertOptions } from "../conversion/convert-folder.js";
import { byteCount } from "../option-values.js";
import { addSharedOptions, runCommand } from "../run-command.js";

/** `t5 convert`: a model folder in another form. */
export function addConvertCommand(program: Command): void {
  const command = program
    .command("convert")
    .summary("a model folder in another number format, or in shards")
    .description(
      "Writes the model of a folder into another one, with Hugging Face's names where it's a published T5, " +
        "in another number format or in several files.",
    )
    .argument("<source>", "a folder with config.json and model.safetensors")
    .argument("<out>", "the folder to write")
    .addOption(new Option("--dtype <format>", "of the numbers (default: the source's)").choices(["F32", "F16", "BF16"]))
    .option("--clamp", "weights beyond the format's largest number become that; else they're an error")
    .option("--max-shard-size <size>", "of a file, such as 500MB or 2GB", byteCount, 5e9)
    .addHelpText("after", "\nExample:\n  t5 convert t5-large t5-large-half --dtype BF16 --max-shard-size 2GB");
  addSharedOptions(command).action((source: string, out: string, options: ConvertOptions) =>
    runCommand(options, async (context) => {
      const { convertFolder } = await import("../conversion/convert-folder.js");
      await convertFolder(source, out, options, context);
    }),
  );
}
