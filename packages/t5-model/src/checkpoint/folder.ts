import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Safetensors } from "@t5ts/tensor-core";
import { openSafetensorsFolder, saveSafetensorsFolder } from "@t5ts/tensor-core/node";
import type { T5Config } from "../config.js";
import type { T5Model } from "../params.js";
import { checkpointItems, loadT5, unusedTensors, type WeightFormat } from "./checkpoint.js";
import { formatT5Config, type UnknownField, unknownConfigFields } from "./parse-config.js";
import { configOfFile } from "./tables.js";

/**
 * Loads the model of a folder in Hugging Face's layout: `config.json` and `model.safetensors`, whole or in shards.
 *
 * @returns `unused` lists tensors of the file that the model has no place for, `unknownFields` what `config.json` says
 * that neither we nor transformers know.
 * @throws Error naming the file, and the field or tensor, that is missing or doesn't fit.
 */
export async function loadT5Folder(
  folder: string,
): Promise<T5Model & { unused: string[]; unknownFields: UnknownField[] }> {
  const { config, file, unknownFields } = await openT5Folder(folder);
  return { ...(await loadT5(config, file)), unused: unusedTensors(config, file), unknownFields };
}

/**
 * Reads the configuration of a folder, as its `config.json` and its weights say it, and the header of the weights.
 *
 * @throws Error naming the file and the field that is missing or doesn't fit.
 */
export async function openT5Folder(
  folder: string,
): Promise<{ config: T5Config; file: Safetensors; unknownFields: UnknownField[] }> {
  const path = join(folder, "config.json");
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path}: expected the configuration of a T5: ${(cause as Error).message}`, { cause });
  }
  let unknownFields: UnknownField[];
  try {
    unknownFields = unknownConfigFields(json); // the config's own faults first, before the weights are looked for
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
  const file = await openSafetensorsFolder(folder);
  return { config: await configOfFile(json, file), file, unknownFields };
}

/** Writes a model into a folder, which is made if need be, so that `loadT5Folder` and Hugging Face read it. */
export async function saveT5Folder(
  folder: string,
  model: T5Model,
  options: WeightFormat & { maxShardBytes?: number } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { maxShardBytes, ...format } = options;
  // transformers refuses a file that doesn't say which framework its layout is of.
  await saveSafetensorsFolder(folder, checkpointItems(model, format), {
    ...(maxShardBytes !== undefined && { maxShardBytes }),
    metadata: { format: "pt" },
  });
  await writeFile(join(folder, "config.json"), `${JSON.stringify(formatT5Config(model.config), null, 2)}\n`);
}
