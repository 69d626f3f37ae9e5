import { createReadStream } from "node:fs";
import type { ByteSource } from "./reading/byte-source.js";

/**
 * A file on disk, read in pieces.
 *
 * @throws Error on reading, if the file can't be read.
 */
export function fileSource(path: string): ByteSource {
  return {
    name: path,
    async *open() {
      try {
        yield* createReadStream(path) as AsyncIterable<Uint8Array>;
      } catch (cause) {
        throw new Error(`${path}: expected a file that can be read, got ${(cause as Error).message}`, { cause });
      }
    },
  };
}
