import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a clone of the repository has for benchmarks, and a published package doesn't. */
export type Clone = { benchFolder: string; dataFolder: string };

/** The clone that a folder is in, by default the one that the program is run from. */
export function findClone(start: string = dirname(fileURLToPath(import.meta.url))): Clone | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const benchFolder = join(folder, "tooling", "bench");
    if (isBench(join(benchFolder, "package.json"))) return { benchFolder, dataFolder: join(folder, "data") };
    if (dirname(folder) === folder) return undefined;
  }
}

function isBench(file: string): boolean {
  return existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === "@t5ts/bench";
}
