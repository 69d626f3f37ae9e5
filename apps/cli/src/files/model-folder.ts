import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseT5Config, suggest, type T5Config, type T5Model, type WeightFormat } from "@t5ts/t5-model";
import { loadT5Folder, saveT5Folder } from "@t5ts/t5-model/node";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import { readingInput, UsageError } from "../usage-error.js";
import { readJson } from "./input-file.js";
import { openFolderTokenizer } from "./tokenizer-file.js";

export const TOKENIZER_FILE = "tokenizer.json";

/**
 * Loads a model folder: `config.json`, `model.safetensors` (or its shards with their index) and `tokenizer.json`,
 * or `spiece.model`.
 *
 * @param warn Is told of tensors that the model has no place for, and of unknown fields of its config, in a line each.
 * @throws UsageError naming the file and what is wrong with it.
 */
export async function openModelFolder(
  path: string,
  warn: (text: string) => void = (text) => void process.stderr.write(`warning: ${text}\n`),
): Promise<{ model: T5Model; tokenizer: Tokenizer }> {
  const { vocabSize } = await readConfig(path);
  const tokenizer = await openFolderTokenizer(path);
  if (tokenizer.vocabSize > vocabSize) {
    throw new UsageError(
      `${path}: expected a tokenizer with at most ${vocabSize} ids, the vocab_size of config.json, ` +
        `got ${tokenizer.vocabSize}`,
    );
  }
  return { model: await openModel(path, warn), tokenizer };
}

/** Loads the model of a folder without its tokenizer. */
export async function openModel(path: string, warn: (text: string) => void): Promise<T5Model> {
  await checkModelFolder(path);
  const { unused, unknownFields, config, params } = await readingInput(() => loadT5Folder(path));
  if (unused.length > 0) {
    const shown = unused.slice(0, 3).map((name) => `"${name}"`);
    const rest = unused.length > shown.length ? ` and ${unused.length - shown.length} more` : "";
    warn(`${path}: the model has no place for ${shown.join(", ")}${rest}`);
  }
  for (const { field, closest } of unknownFields) {
    warn(
      `${join(path, "config.json")}: unknown field ${JSON.stringify(field)}, which changes nothing here${suggest(closest)}`,
    );
  }
  return { config, params };
}

/** Reads the `config.json` of a model folder. */
async function readConfig(folder: string): Promise<T5Config> {
  await checkModelFolder(folder);
  return readJson(join(folder, "config.json"), "the configuration of a T5", parseT5Config);
}

export type SaveOptions = WeightFormat & {
  maxShardBytes?: number;
  /** Writes what else belongs to the folder, into the one given, before it takes its place. */
  alsoWrite?: (folder: string) => Promise<void>;
};

/**
 * Writes a model folder, whole or not at all: it's written beside `path` and then takes its place. What was in the
 * folder and isn't a part of the model stays in it.
 */
export async function saveModelFolder(
  path: string,
  { model, tokenizer }: { model: T5Model; tokenizer?: Tokenizer | undefined },
  { alsoWrite, ...options }: SaveOptions = {},
): Promise<void> {
  const target = resolve(path);
  const beside = (name: string): string => join(dirname(target), `.${basename(target)}.${name}-${process.pid}`);
  const [partial, replaced] = [beside("partial"), beside("replaced")];
  await mkdir(dirname(target), { recursive: true });
  try {
    await saveT5Folder(partial, model, options);
    if (tokenizer !== undefined) await writeFile(join(partial, TOKENIZER_FILE), `${JSON.stringify(tokenizer)}\n`);
    await alsoWrite?.(partial);
    await takePlace(partial, target, replaced);
  } catch (cause) {
    // The first failure is the news, also where the rest can't be removed.
    await rm(partial, { recursive: true, force: true }).catch(() => {});
    throw new Error(`${path}: the model could not be written: ${(cause as Error).message}`, { cause });
  }
}

/** A folder can't be renamed onto another, so what is there steps aside, and comes back if that fails. */
async function takePlace(partial: string, target: string, replaced: string): Promise<void> {
  if (!(await isFolder(target))) return rename(partial, target);
  await rename(target, replaced);
  try {
    await rename(partial, target);
  } catch (error) {
    await rename(replaced, target);
    throw error;
  }
  const written = new Set(await readdir(target));
  for (const name of await readdir(replaced)) {
    const isOfModel = /^(config\.json|tokenizer\.json|model.*\.safetensors(\.index\.json)?)$/.test(name);
    if (!isOfModel && !written.has(name)) await rename(join(replaced, name), join(target, name));
  }
  await rm(replaced, { recursive: true, force: true });
}

/**
 * Checks that there is such a folder.
 *
 * @throws UsageError naming what was found instead.
 */
export async function checkModelFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const found = (await stat(path).catch(() => undefined)) === undefined ? "there's no such folder" : "it's a file";
  throw new UsageError(`${path}: expected a folder with config.json and model.safetensors, but ${found}`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
