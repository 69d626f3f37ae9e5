import { access, constants, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError } from "../usage-error.js";

/**
 * Makes sure that a file can be written, before the work whose result it's for. Its folder is made if need be.
 *
 * @throws UsageError with the reason if it can't.
 */
export async function checkOutputFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    throw new UsageError(`${path}: expected a file that can be written, but ${(cause as Error).message}`, { cause });
  }
  const entry = await stat(path).catch(() => undefined);
  if (entry?.isDirectory()) throw new UsageError(`${path}: expected a file to write, but it's a folder`);
}

/** Where a file is written until it's whole and takes the place of `path`. */
export function partialPath(path: string): string {
  return `${path}.partial-${process.pid}`;
}

/** Writes a file whole or not at all: one that was there stays until the new one is complete. */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const partial = partialPath(path);
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    throw new Error(`${path}: could not be written: ${(cause as Error).message}`, { cause });
  }
}
