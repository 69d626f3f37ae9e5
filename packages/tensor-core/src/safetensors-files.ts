import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors, type Safetensors, type SafetensorsItem } from "./safetensors.js";
import type { ByteSink, ByteSource } from "./safetensors-bytes.js";
import {
  openShardedSafetensors,
  SAFETENSORS_INDEX,
  type ShardOptions,
  writeShardedSafetensors,
} from "./safetensors-sharded.js";

/** One call of the system reads or writes less than 2 GiB. */
const MAX_PIECE_BYTES = 2 ** 30;

/**
 * A file. It's opened for each read and closed after it, so there's nothing to close.
 *
 * @throws Error if there's no such file.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await stat(path);
  return {
    name: path,
    sizeBytes: size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const file = await open(path, "r");
      try {
        let done = 0;
        while (done < length) {
          const wanted = Math.min(MAX_PIECE_BYTES, length - done);
          const { bytesRead } = await file.read(bytes, done, wanted, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done === length ? bytes : bytes.subarray(0, done);
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * Writes a file anew. Until it's complete and on the disk it has `.partial` after its name, so that no reader meets
 * half a file, and a file of that name is only replaced by a whole one.
 */
export async function fileSink(path: string): Promise<ByteSink> {
  const partial = `${path}.partial`;
  const file = await open(partial, "w");
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, Math.min(MAX_PIECE_BYTES, bytes.length - done));
        done += bytesWritten;
      }
    },
    async close() {
      await file.sync();
      await file.close();
      await rename(partial, path);
    },
    async discard() {
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

/**
 * Opens the `model.safetensors` of a folder, or the files that its `model.safetensors.index.json` names.
 *
 * @throws Error if the folder has neither.
 */
export async function openSafetensorsFolder(folder: string): Promise<Safetensors> {
  const single = join(folder, "model.safetensors");
  if (await isFile(single)) return openSafetensors(await fileSource(single));
  const index = join(folder, SAFETENSORS_INDEX);
  if (!(await isFile(index))) {
    throw new Error(
      `openSafetensorsFolder: ${folder}: expected model.safetensors or ${SAFETENSORS_INDEX}, found neither`,
    );
  }
  return openShardedSafetensors(parseIndex(index, await readFile(index, "utf8")), (name) =>
    fileSource(join(folder, name)),
  );
}

/**
 * Writes a model into a folder, which is made if need be: one file, or several with their index. Files of a model that
 * was there before go once the new one is complete.
 */
export async function saveSafetensorsFolder(
  folder: string,
  items: readonly SafetensorsItem[],
  options: ShardOptions = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written = new Set<string>();
  const create = (name: string): Promise<ByteSink> => {
    written.add(name);
    return fileSink(join(folder, name));
  };
  await writeShardedSafetensors(create, items, options);
  for (const name of await readdir(folder)) {
    const isOfModel = name === SAFETENSORS_INDEX || /^model(-\d{5}-of-\d{5})?\.safetensors$/.test(name);
    if (isOfModel && !written.has(name)) await rm(join(folder, name));
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

function parseIndex(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: expected JSON, got "${text.slice(0, 40)}"`, { cause });
  }
}
