import { copyFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { countParameters, hasHuggingFaceNames } from "@t5ts/t5-model";
import { openSafetensorsFolder } from "@t5ts/tensor-core/node";
import { openModel, saveModelFolder, TOKENIZER_FILE } from "../files/model-folder.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { formatBytes, formatShort } from "../terminal/format-number.js";
import { UsageError } from "../usage-error.js";

/** What `t5 convert` is told. */
export type ConvertOptions = SharedOptions & { dtype?: "F32" | "F16" | "BF16"; clamp?: boolean; maxShardSize: number };

/** What else a folder may hold that goes with the model, whatever its number format. */
const COMPANIONS = [
  TOKENIZER_FILE,
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "spiece.model",
  "generation_config.json",
];

type Dtype = "F32" | "F16" | "BF16";

/** Reads a model folder and writes it in another form. */
export async function convertFolder(
  source: string,
  out: string,
  options: ConvertOptions,
  { output, signal, startBackend }: CommandContext,
): Promise<void> {
  await checkOut(out);
  await startBackend();
  const model = await openModel(source, output.warn);
  if (signal.aborted) return;
  const dtype = options.dtype ?? (await dtypeOf(source));
  const present = new Set(await readdir(source));
  const companions = COMPANIONS.filter((name) => present.has(name));
  await saveModelFolder(
    out,
    { model },
    {
      dtype,
      clamps: options.clamp ?? false,
      maxShardBytes: options.maxShardSize,
      alsoWrite: async (folder) => {
        for (const name of companions) await copyFile(join(source, name), join(folder, name));
      },
    },
  );
  const files = (await readdir(out)).filter((name) => name.endsWith(".safetensors"));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(out, name))).size));
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
  const parameters = countParameters(model.config);
  const layout = hasHuggingFaceNames(model.config) ? "huggingface" : "t5ts";
  output.event({ event: "done", out, parameters, dtype, layout, files, sizeBytes, copied: companions });
  const names = layout === "huggingface" ? "Hugging Face's names" : "our names, as Hugging Face has no such T5";
  output.line(
    `${out}: ${formatShort(parameters)} parameters, ${dtype}, ${formatBytes(sizeBytes)} in ` +
      `${files.length === 1 ? "one file" : `${files.length} files`}, with ${names}`,
  );
  if (companions.length > 0) output.line(`copied ${companions.join(", ")}`);
}

/** A folder that holds something else isn't overwritten. */
async function checkOut(out: string): Promise<void> {
  const entry = await stat(out).catch(() => undefined);
  if (entry === undefined) return;
  if (!entry.isDirectory()) throw new UsageError(`${out}: expected a folder to write to, but it's a file`);
  const names = await readdir(out);
  if (names.length > 0 && !names.includes("config.json")) {
    throw new UsageError(`${out}: expected a new or empty folder or one with a model, but it holds ${names[0]}`);
  }
}

/** The number format of most of the source's numbers. */
async function dtypeOf(folder: string): Promise<Dtype> {
  const { entries } = await openSafetensorsFolder(folder);
  const sizes: Record<Dtype, number> = { F32: 0, F16: 0, BF16: 0 };
  for (const { dtype, shape } of entries.values()) {
    if (dtype in sizes) sizes[dtype as Dtype] += shape.reduce((size, length) => size * length, 1);
  }
  return (Object.keys(sizes) as Dtype[]).reduce((best, dtype) => (sizes[dtype] > sizes[best] ? dtype : best), "F32");
}
