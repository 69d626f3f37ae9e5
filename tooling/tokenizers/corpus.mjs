// The texts of a folder: every line of every file that is compressed with gzip, in the order of their paths.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

export function listTexts(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".gz"));
  return names.sort();
}

/** Lines as they stand, but for the byte order mark and bytes that aren't UTF-8, which become U+FFFD. */
export function readLines(folder, name) {
  return gunzipSync(readFileSync(join(folder, name)))
    .toString("utf8")
    .split("\n");
}
