import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../testing/reversing-model.js";
import { checkOutputFile, writeWholeFile } from "./output-file.js";

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = makeFolder());
});
afterEach(() => remove());

describe("checkOutputFile", () => {
  it("makes the folder of a file", async () => {
    await checkOutputFile(join(folder, "a", "b", "c.txt"));
    expect(readdirSync(join(folder, "a"))).toEqual(["b"]);
  });

  it("refuses a folder, and a place inside a file", async () => {
    mkdirSync(join(folder, "place"));
    writeFileSync(join(folder, "file"), "");
    await expect(checkOutputFile(join(folder, "place"))).rejects.toThrow(
      /place: expected a file to write, but it's a fo/,
    );
    await expect(checkOutputFile(join(folder, "file", "x"))).rejects.toThrow(
      /x: expected a file that can be written, but/,
    );
  });
});

describe("writeWholeFile", () => {
  it("replaces a file, and leaves nothing beside it", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "old");
    await writeWholeFile(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("leaves nothing half where it can't", async () => {
    mkdirSync(join(folder, "place", "inside"), { recursive: true });
    await expect(writeWholeFile(join(folder, "place"), "new")).rejects.toThrow(/place: could not be written: /);
    expect(readdirSync(folder)).toEqual(["place"]);
  });
});
