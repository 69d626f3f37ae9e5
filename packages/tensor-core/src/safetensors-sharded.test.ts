import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bytesSource, encodeSafetensors, openShardedSafetensors, type SafetensorsItem } from "./index.js";
import { fileSink, openSafetensorsFolder, saveSafetensorsFolder } from "./safetensors-files.js";

const folders: string[] = [];
const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const ITEMS: SafetensorsItem[] = [3, 2, 20, 1].map((size, i) => ({
  name: `t${i}`,
  dtype: "F32",
  shape: [size],
  values: Array.from({ length: size }, (_, j) => i + j),
}));

describe("a model in several files", () => {
  it("is cut at the size asked for, and reads as one", async () => {
    const folder = makeFolder();
    await saveSafetensorsFolder(folder, ITEMS, { maxShardBytes: 20, metadata: { format: "pt" } });
    const shard = (i: number) => `model-0000${i}-of-00003.safetensors`;
    expect(readdirSync(folder).sort()).toEqual([shard(1), shard(2), shard(3), "model.safetensors.index.json"]);
    expect(JSON.parse(readFileSync(join(folder, "model.safetensors.index.json"), "utf8"))).toEqual({
      metadata: { total_size: 4 * 26 },
      weight_map: { t0: shard(1), t1: shard(1), t2: shard(2), t3: shard(3) },
    });
    const model = await openSafetensorsFolder(folder);
    expect([...model.entries.keys()]).toEqual(["t0", "t1", "t2", "t3"]);
    expect(model.metadata).toEqual({ format: "pt" });
    for (const { name, values } of ITEMS) expect(Array.from(await model.read(name))).toEqual(values);
    await expect(model.read("t4")).rejects.toThrow('model.safetensors.index.json: lacks "t4"');
  });

  it("is one file when that is small enough, and replaces what was there", async () => {
    const folder = makeFolder();
    await saveSafetensorsFolder(folder, ITEMS, { maxShardBytes: 20 });
    await saveSafetensorsFolder(folder, ITEMS.slice(0, 2));
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
    await saveSafetensorsFolder(folder, ITEMS, { maxShardBytes: 20 });
    expect(existsSync(join(folder, "model.safetensors"))).toBe(false);
    expect((await openSafetensorsFolder(folder)).entries.size).toBe(4);
  });

  it("that isn't what its index says names what is wrong", async () => {
    const bytes = await encodeSafetensors(ITEMS.slice(0, 1));
    const openIndex = (index: unknown) => openShardedSafetensors(index, async (name) => bytesSource(name, bytes));
    await expect(openIndex({})).rejects.toThrow("weight_map: expected an object, got undefined");
    await expect(openIndex({ weight_map: { t0: "../a.safetensors" } })).rejects.toThrow(
      '"t0": expected the name of a safetensors file, got "../a.safetensors"',
    );
    await expect(openIndex({ weight_map: { t1: "a.safetensors" } })).rejects.toThrow(
      'model.safetensors.index.json: "t1": a.safetensors lacks it',
    );
    const folder = makeFolder();
    await expect(openSafetensorsFolder(folder)).rejects.toThrow("found neither");
    writeFileSync(join(folder, "model.safetensors.index.json"), "{");
    await expect(openSafetensorsFolder(folder)).rejects.toThrow('expected JSON, got "{"');
  });
});

describe("fileSink", () => {
  it("leaves the file that was there until the new one is complete", async () => {
    const path = join(makeFolder(), "a");
    writeFileSync(path, "old");
    const failed = await fileSink(path);
    await failed.write(Uint8Array.of(1));
    await failed.discard();
    expect(readFileSync(path, "utf8")).toBe("old");
    const sink = await fileSink(path);
    await sink.write(new TextEncoder().encode("ne"));
    await sink.write(new TextEncoder().encode("w"));
    expect(readFileSync(path, "utf8")).toBe("old");
    await sink.close();
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(existsSync(`${path}.partial`)).toBe(false);
  });
});
