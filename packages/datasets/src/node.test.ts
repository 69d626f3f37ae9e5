import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fileSource } from "./node.js";
import { collect } from "./reading/collect.js";
import { readTextLines } from "./reading/documents.js";

describe("fileSource", () => {
  it("reads a file, plain or gzip, as often as wanted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "datasets-"));
    try {
      await writeFile(join(folder, "a.txt"), "one\ntwo\n");
      await writeFile(join(folder, "a.txt.gz"), gzipSync("one\ntwo\n"));
      for (const name of ["a.txt", "a.txt.gz", "a.txt"]) {
        expect(await collect(readTextLines(fileSource(join(folder, name))))).toEqual(["one", "two"]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("names a file that can't be read", async () => {
    await expect(collect(readTextLines(fileSource("/nowhere/a.txt")))).rejects.toThrow(
      "/nowhere/a.txt: expected a file that can be read, got ENOENT",
    );
  });
});
