import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

// For tests: model files that aren't in the repository, and texts that are.

const FIXTURES = process.env.T5_FIXTURES ?? fileURLToPath(new URL("../../../../../shared/fixtures", import.meta.url));

/** Whether the model files are there; if not, a warning says so. */
export const HAS_FIXTURES: boolean = existsSync(`${FIXTURES}/sentencepiece`);
if (!HAS_FIXTURES) console.warn(`NOT TESTED ON REAL MODELS: there's no ${FIXTURES}/sentencepiece; set T5_FIXTURES.`);

export function readFixture(name: string): Uint8Array {
  return readFileSync(`${FIXTURES}/sentencepiece/${name}`);
}

/** A text of the repository's data folder. */
export function readData(file: string): string {
  return gunzipSync(readFileSync(new URL(`../../../../data/${file}`, import.meta.url))).toString("utf8");
}

/** Lines of English and Chinese, and both in one. */
export function realLines(count: number): string[] {
  const english = readData("gutenberg-en/alice-in-wonderland.txt.gz").split(/\n|(?<=[.!?]) /);
  const both = readData("tatoeba-en-zh/valid.tsv.gz").split("\n");
  return [...english.slice(0, count), ...both.slice(0, count)];
}
