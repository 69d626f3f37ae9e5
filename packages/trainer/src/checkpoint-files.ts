import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ByteSink, writeBytes } from "@t5ts/tensor-core";
import { fileSink, fileSource } from "@t5ts/tensor-core/node";
import { type CheckpointStore, checkpointName, checkpointNumber, sortCheckpointNames } from "./checkpoint-store.js";

/** In each checkpoint: the SHA-256 of its other files, in the form that `sha256sum --check` reads. */
const SUMS = "SHA256SUMS";
/** What is being written or removed; a name that begins so is no checkpoint. */
const UNFINISHED = ".unfinished-";

/**
 * Checkpoints in a folder of the disk, each a folder of its own. One process writes to it at a time.
 *
 * A checkpoint is written under another name, brought to the disk, and then renamed, which is one operation of the file
 * system: whenever the program or the machine stops, the folder holds only complete checkpoints, the last one included.
 * What is damaged later is noticed by its checksums when it's opened.
 */
export function folderStore(folder: string): CheckpointStore {
  const list = async (): Promise<string[]> => sortCheckpointNames(await namesIn(folder));
  return {
    list,
    async save(step, write) {
      await mkdir(folder, { recursive: true });
      await removeUnfinished(folder);
      const newest = (await list())[0];
      const name = checkpointName(newest === undefined ? 1 : checkpointNumber(newest)! + 1, step);
      const unfinished = join(folder, UNFINISHED + name);
      await mkdir(unfinished);
      const sums = new Map<string, string>();
      await write((fileName) => summingSink(join(unfinished, fileName), (sum) => sums.set(fileName, sum)));
      const text = [...sums].map(([fileName, sum]) => `${sum}  ${fileName}\n`).join("");
      await writeBytes(await fileSink(join(unfinished, SUMS)), new TextEncoder().encode(text));
      await syncFolder(unfinished);
      await rename(unfinished, join(folder, name));
      await syncFolder(folder);
      return name;
    },
    async open(name) {
      const path = join(folder, name);
      for (const line of (await readFile(join(path, SUMS), "utf8")).split("\n")) {
        const [sum, fileName] = line.split("  ");
        if (fileName !== undefined && (await sumOf(join(path, fileName))) !== sum) {
          throw new Error(`${join(path, fileName)}: is damaged: its checksum isn't the one in ${SUMS}`);
        }
      }
      return (fileName) => fileSource(join(path, fileName));
    },
    async remove(name) {
      // First out of sight: removed only in part, it would be a damaged checkpoint.
      const unfinished = join(folder, UNFINISHED + name);
      await rename(join(folder, name), unfinished);
      await rm(unfinished, { recursive: true });
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true });
  }
}

/** A file whose checksum is told when it's complete. */
async function summingSink(path: string, onClose: (sum: string) => void): Promise<ByteSink> {
  const sink = await fileSink(path);
  const hash = createHash("sha256");
  return {
    async write(bytes) {
      hash.update(bytes);
      await sink.write(bytes);
    },
    async close() {
      await sink.close();
      onClose(hash.digest("hex"));
    },
    discard: () => sink.discard(),
  };
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece as Uint8Array);
  return hash.digest("hex");
}

/** Brings the names in a folder to the disk. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
