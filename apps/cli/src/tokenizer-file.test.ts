import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "./testing/reversing-model.js";
import { openFolderTokenizer, openTokenizer } from "./tokenizer-file.js";
import { UsageError } from "./usage-error.js";

let folder: string;

beforeEach(() => {
  ({ folder } = makeFolder());
});

afterEach(() => rmSync(folder, { recursive: true }));

/** With zeros up to its size, which take no room on the disk. */
function writeLarge(name: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, "{");
  truncateSync(path, sizeBytes);
  return path;
}

describe("openTokenizer", () => {
  it.each(["tokenizer.json", "spiece.model"])("refuses a %s that is too large without reading it", async (name) => {
    const path = writeLarge(name, 1e12);
    const open = openTokenizer(path);
    await expect(open).rejects.toThrow(UsageError);
    await expect(open).rejects.toThrow(
      `${path}: expected a tokenizer.json or a .model file, but it has 1000000000000 bytes, and 36000000 is the most`,
    );
    await expect(openFolderTokenizer(folder)).rejects.toThrow("36000000 is the most");
  });

  it("reads one that is just small enough", async () => {
    await expect(openTokenizer(writeLarge("tokenizer.json", 36_000_000))).rejects.not.toThrow("is the most");
  });
});
