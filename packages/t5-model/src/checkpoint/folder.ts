import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensorsFolder, saveSafetensorsFolder } from "@t5ts/tensor-core/node";
import type { T5Model } from "../params.js";
import { checkpointItems, loadT5, unusedTensors } from "./checkpoint.js";
import { formatT5Config, parseT5Config } from "./parse-config.js";

/**
 * Loads the model of a folder in Hugging Face's layout: `config.json` and `model.safetensors`, whole or in shards.
 *
 * @returns `unused` lists tensors of the file that the model has no place for.
 * @throws Error naming the file, and the field or tensor, that is missing or doesn't fit.
 */
export async function loadT5Folder(folder: string): Promise<T5Model & { unused: string[] }> {
  const path = join(folder, "config.json");
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path}: expected the configuration of a T5: ${(cause as Error).message}`, { cause });
  }
  let config: T5Model["config"];
  try {
    config = parseT5Config(json);
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
  const file = await openSafetensorsFolder(folder);
  return { ...(await loadT5(config, file)), unused: unusedTensors(config, file) };
}

/** Writes a model into a folder, which is made if need be, so that `loadT5Folder` and Hugging Face read it. */
export async function saveT5Folder(
  folder: string,
  model: T5Model,
  options: { dtype?: "F32" | "F16" | "BF16"; maxShardBytes?: number } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { dtype, ...sharding } = options;
  // transformers refuses a file that doesn't say which framework its layout is of.
  await saveSafetensorsFolder(folder, checkpointItems(model, dtype), { ...sharding, metadata: { format: "pt" } });
  await writeFile(join(folder, "config.json"), `${JSON.stringify(formatT5Config(model.config), null, 2)}\n`);
}
