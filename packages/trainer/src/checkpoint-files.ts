import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ByteSink, writeBytes } from "@t5ts/tensor-core";
import { fileSink, fileSource } from "@t5ts/tensor-core/node";
import { type CheckpointStore, checkpointName, checkpointNumber, sortCheckpointNames } from "./checkpoint-store.js";
import { lockFolder } from "./lock-file.js";

/** In each checkpoint: the SHA-256 of its other files, in the form that `sha256sum --check` reads. */
const SUMS = "SHA256SUMS";
/** What is being written or removed; a name that begins so is no checkpoint. */
const UNFINISHED = ".unfinished-";

/**
 * Keeps checkpoints in a folder of the disk, each a folder of its own. One process writes to it at a time.
 *
 * A checkpoint is written under another name, brought to the disk, and then renamed, which is one operation of the file
 * system: whenever the program or the machine stops, the folder holds only complete checkpoints, the last one included.
 * What is damaged later is noticed by its checksums when it's opened: they have to name each of its files once, and no
 * other. A save that fails, as on a full disk, leaves nothing behind.
 */
export function folderStore(folder: string): CheckpointStore {
  const list = async (): Promise<string[]> => sortCheckpointNames(await namesIn(folder));
  return {
    lock: () => lockFolder(folder),
    list,
    async save(step, write) {
      await mkdir(folder, { recursive: true });
      await removeUnfinished(folder);
      const newest = (await list())[0];
      const name = checkpointName(newest === undefined ? 1 : checkpointNumber(newest)! + 1, step);
      const unfinished = join(folder, UNFINISHED + name);
      try {
        await writeCheckpoint(unfinished, write);
        await rename(unfinished, join(folder, name));
      } catch (error) {
        // It would keep the next attempt from fitting; where it can't be removed either, the first failure is the news.
        await rm(unfinished, { recursive: true, force: true }).catch(() => {});
        throw error;
      }
      await syncFolder(folder);
      return name;
    },
    async open(name) {
      const path = join(folder, name);
      const sums = parseSums(join(path, SUMS), await readFile(join(path, SUMS), "utf8"));
      for (const fileName of await readdir(path)) {
        if (fileName !== SUMS && !sums.has(fileName)) {
          throw new Error(`${join(path, fileName)}: isn't named in ${SUMS}, which is damaged or of another checkpoint`);
        }
      }
      for (const [fileName, sum] of sums) {
        if ((await sumOf(join(path, fileName))) !== sum) {
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

async function writeCheckpoint(
  unfinished: string,
  write: (create: (fileName: string) => Promise<ByteSink>) => Promise<void>,
): Promise<void> {
  await mkdir(unfinished);
  const sums = new Map<string, string>();
  await write((fileName) => summingSink(join(unfinished, fileName), (sum) => sums.set(fileName, sum)));
  const text = [...sums].map(([fileName, sum]) => `${sum}  ${fileName}\n`).join("");
  await writeBytes(await fileSink(join(unfinished, SUMS)), new TextEncoder().encode(text));
  await syncFolder(unfinished);
}

/**
 * Reads the checksums of a checkpoint.
 *
 * @throws Error unless every line is one, of a file of its own, and there is any.
 */
function parseSums(path: string, text: string): Map<string, string> {
  const sums = new Map<string, string>();
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0) throw new Error(`${path}: is damaged: it isn't whole`);
  for (const [i, line] of lines.entries()) {
    const [, sum, fileName] = /^([0-9a-f]{64}) {2}([^/\\\0]+)$/.exec(line) ?? [];
    if (sum === undefined || fileName === undefined || sums.has(fileName)) {
      throw new Error(
        `${path}: is damaged: line ${i + 1}: expected the checksum of a file, got "${line.slice(0, 80)}"`,
      );
    }
    sums.set(fileName, sum);
  }
  return sums;
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
