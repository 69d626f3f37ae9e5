import { execFileSync, spawn } from "node:child_process";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel } from "@t5ts/tokenizer-sentencepiece";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../testing/reversing-model.js";
import { UsageError } from "../usage-error.js";
import { openFolderTokenizer, openTokenizer } from "./tokenizer-file.js";

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

  it("refuses one of few bytes that holds too much to parse", async () => {
    const path = join(folder, "tokenizer.json");
    writeFileSync(path, `{"model":{"type":"BPE","vocab":{},"merges":[${"[],".repeat(2e6)}0]}}`);
    await expect(openTokenizer(path)).rejects.toThrow(UsageError);
    await expect(openTokenizer(path)).rejects.toThrow(`${path}: model.merges: expected JSON of at most 3600000 values`);
    writeFileSync(path, `{"model":{"type":"BPE"},"x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`);
    await expect(openTokenizer(path)).rejects.toThrow(`${path}: x: expected JSON nested at most 100 deep, got deeper`);
  });

  it.skipIf(process.platform === "win32")(
    "reads a pipe, and of one that goes on no more than a file may have",
    async () => {
      const [short, endless] = [join(folder, "short"), join(folder, "endless")];
      execFileSync("sh", ["-c", `mkfifo ${short} ${endless}`]);
      const writers = [`printf '{"a": 1}' > ${short}`, `cat /dev/zero > ${endless}`].map((line) =>
        spawn("sh", ["-c", line]),
      );
      await expect(openTokenizer(short)).rejects.toThrow(`${short}: expected the JSON of a tokenizer`);
      await expect(openTokenizer(endless)).rejects.toThrow("but it goes on after 36000000 bytes, which is the most");
      for (const writer of writers) writer.kill();
    },
  );

  it("reads one that is just small enough", async () => {
    await expect(openTokenizer(writeLarge("tokenizer.json", 36_000_000))).rejects.not.toThrow("is the most");
  });
});

describe("openFolderTokenizer", () => {
  it("reads what stands beside a spiece.model, and ByT5's folder, which has no file", async () => {
    const config = join(folder, "tokenizer_config.json");
    writeFileSync(config, JSON.stringify({ tokenizer_class: "ByT5Tokenizer", extra_ids: 125 }));
    expect((await openFolderTokenizer(folder)).vocabSize).toBe(384);
    writeFileSync(config, "{");
    await expect(openFolderTokenizer(folder)).rejects.toThrow(`${config}: expected JSON: `);
    writeFileSync(config, JSON.stringify({ extra_ids: 20 }));
    const pieces = ["<pad>", "</s>", "<unk>", "▁", "a"].map((piece, i) => ({
      piece,
      score: -i,
      type: i === 2 ? ("unknown" as const) : i < 2 ? ("control" as const) : ("normal" as const),
    }));
    const trainer = { modelType: 1, padId: 0, eosId: 1, unkId: 2, bosId: -1 };
    writeFileSync(join(folder, "spiece.model"), writeModel({ pieces, trainer, normalizer: { name: "identity" } }));
    const { special, vocabSize } = await openFolderTokenizer(folder);
    expect([vocabSize, special.sentinels[0]]).toEqual([25, 24]);
    writeFileSync(join(folder, "added_tokens.json"), JSON.stringify({ "<new>": 25 }));
    await expect(openFolderTokenizer(folder)).rejects.toThrow(`${folder}: added_tokens.json: "<new>" with id 25`);
  });
});
