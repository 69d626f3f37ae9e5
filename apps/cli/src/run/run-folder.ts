import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderStore } from "@t5ts/trainer/node";
import { UsageError } from "../usage-error.js";

/** Where in its folder a run keeps its checkpoints, and its log. */
export const CHECKPOINTS = "checkpoints";
export const LOG_FILE = "events.ndjson";

/**
 * Checks that a run may begin in a folder, or go on there, before anything is loaded or changed. With `overwrite`, what a
 * run left there is removed: checkpoints and log. A model stays until the new one takes its place.
 *
 * @param note Is told in one line of what is removed.
 * @throws UsageError naming what the folder holds, or lacks.
 */
export async function prepareRunFolder(
  folder: string,
  { resume = false, overwrite = false }: { resume?: boolean | undefined; overwrite?: boolean | undefined },
  note: (text: string) => void,
): Promise<void> {
  if (resume && overwrite)
    throw new UsageError("--resume goes on with a run, --overwrite begins it anew: expected one");
  const store = folderStore(join(folder, CHECKPOINTS));
  const checkpoints = await store.list();
  const [newest] = checkpoints;
  if (resume) {
    if (newest === undefined)
      throw new UsageError(`${folder}: expected a checkpoint to resume from, but it holds none`);
    return;
  }
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const model = names.find((name) => name === "config.json" || name.endsWith(".safetensors"));
  if (!overwrite) {
    const remedy = "begin anew with --overwrite, or name another folder";
    if (newest !== undefined) {
      throw new UsageError(`${folder}: holds a run, up to ${newest}; go on with --resume, ${remedy}`);
    }
    if (model !== undefined) throw new UsageError(`${folder}: holds a model (${model}); ${remedy}`);
    return;
  }
  const unlock = await store.lock();
  try {
    for (const name of checkpoints) await store.remove(name);
    await rm(join(folder, LOG_FILE), { force: true });
  } finally {
    await unlock();
  }
  if (newest !== undefined) note(`${folder}: removed ${checkpoints.length} checkpoint(s), up to ${newest}`);
}
