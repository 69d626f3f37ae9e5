import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@t5ts/random";
import { CPU_BACKEND, leaves, selectBackend } from "@t5ts/tensor-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { adamW } from "./adamw.js";
import { loadLatestCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { folderStore } from "./checkpoint-files.js";
import { initToy } from "./testing/toy-model.js";
import { initTrainState } from "./train-state.js";

/** How many more changes the disk takes before it stops for good, as when the power goes. */
const disk = vi.hoisted(() => ({ changesLeft: Number.POSITIVE_INFINITY, changes: 0 }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const change = (): void => {
    if (disk.changesLeft-- <= 0) throw new Error("power cut");
    disk.changes++;
  };
  const counted = <A extends unknown[], R>(f: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      change();
      return f(...args);
    };
  };
  return {
    ...real,
    mkdir: counted(real.mkdir),
    rename: counted(real.rename),
    rm: counted(real.rm),
    async open(path: string, flags: string) {
      const file = await real.open(path, flags);
      if (flags === "r") return file;
      return {
        // Half of what is written may have come to the disk.
        async write(bytes: Uint8Array, offset: number, length: number) {
          if (disk.changesLeft === 0) await file.write(bytes, offset, length >> 1);
          change();
          return file.write(bytes, offset, length);
        },
        sync: counted(() => file.sync()),
        close: () => file.close(),
      };
    },
  };
});

const RUN = { rng: createRng(1) };
const makeState = (seed: number, step: number) => ({ ...initTrainState(initToy(seed), adamW()), step });
const values = (state: ReturnType<typeof makeState>): number[][] =>
  leaves([state.params, state.optimizerState]).map((leaf) => Array.from(leaf.dataSync()));

describe("folderStore", () => {
  let folder: string;
  const folders: string[] = [];
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));
  beforeEach(() => {
    disk.changesLeft = Number.POSITIVE_INFINITY;
    folder = mkdtempSync(join(tmpdir(), "checkpoints-"));
    folders.push(folder);
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it("keeps each checkpoint in a folder, with checksums that sha256sum accepts", async () => {
    const store = folderStore(join(folder, "new", "run"));
    expect(await store.list()).toEqual([]);
    await saveCheckpoint(store, makeState(1, 10), RUN);
    await saveCheckpoint(store, makeState(2, 5), RUN);
    expect(await store.list()).toEqual(["000002-step-5", "000001-step-10"]);
    const path = join(folder, "new", "run", "000002-step-5");
    expect(readdirSync(path).sort()).toEqual([
      "SHA256SUMS",
      "optimizer.safetensors",
      "params.safetensors",
      "state.json",
    ]);
    const checked = execFileSync("sha256sum", ["--check", "SHA256SUMS"], { cwd: path, encoding: "utf8" });
    expect(checked.match(/: OK/g)).toHaveLength(3);
    const loaded = await loadLatestCheckpoint(store, makeState(3, 0), RUN);
    expect(loaded!.state.step).toBe(5);
    expect(values(loaded!.state)).toEqual(values(makeState(2, 5)));
  });

  it("loads the last complete checkpoint wherever a save, or the removal of an old one, is cut off", async () => {
    const saveAll = async (): Promise<void> => {
      const store = folderStore(folder);
      await saveCheckpoint(store, makeState(2, 2), RUN);
      await store.remove((await store.list()).at(-1)!);
    };
    let outcomes = "";
    for (let changesLeft = 0; ; changesLeft++) {
      folder = mkdtempSync(join(tmpdir(), "checkpoints-"));
      folders.push(folder);
      disk.changesLeft = Number.POSITIVE_INFINITY;
      await saveCheckpoint(folderStore(folder), makeState(1, 1), RUN);
      disk.changesLeft = changesLeft;
      const isCutOff = await saveAll().then(
        () => false,
        () => true,
      );
      disk.changesLeft = Number.POSITIVE_INFINITY;
      const warnings: string[] = [];
      const loaded = await loadLatestCheckpoint(folderStore(folder), makeState(9, 0), RUN, (_, reason) =>
        warnings.push(reason),
      );
      expect(warnings).toEqual([]);
      expect(values(loaded!.state)).toEqual(values(makeState(loaded!.state.step, 0)));
      outcomes += loaded!.state.step;
      // And the next save works, and cleans up.
      await saveCheckpoint(folderStore(folder), makeState(3, 3), RUN);
      expect((await loadLatestCheckpoint(folderStore(folder), makeState(9, 0), RUN))!.state.step).toBe(3);
      expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
      if (!isCutOff) break;
    }
    // First the old one, from the rename on the new one; and there were many places to be cut off at.
    expect(outcomes).toMatch(/^1{15,}2{3,}$/);
  });

  it("notices what was damaged later", async () => {
    const store = folderStore(folder);
    await saveCheckpoint(store, makeState(1, 1), RUN);
    const damages: [what: string, damage: (path: string) => void, message: RegExp][] = [
      ["one bit", flipBit, /params\.safetensors: is damaged: its checksum/],
      ["more bytes", (path) => appendFileSync(join(path, "state.json"), " "), /state\.json: is damaged/],
      ["a missing file", (path) => rmSync(join(path, "optimizer.safetensors")), /optimizer\.safetensors/],
      ["missing checksums", (path) => rmSync(join(path, "SHA256SUMS")), /SHA256SUMS/],
      ["no checksums", editSums(() => ""), /SHA256SUMS: is damaged: it isn't whole/],
      ["a cut end", editSums((text) => text.slice(0, -9)), /SHA256SUMS: is damaged: it isn't whole/],
      ["a lost line", editSums((text) => text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1)), /isn't named in/],
      [
        "a flipped separator",
        editSums((text) => text.replace("  ", " \u0021")),
        /line 1: expected the checksum of a file/,
      ],
      ["a flipped end of line", editSums((text) => text.replace("\n", "\u000b")), /isn't named in SHA256SUMS/],
      ["a line twice", editSums((text) => text + text), /line 4: expected the checksum of a file/],
      ["a file too many", (path) => writeFileSync(join(path, "more.txt"), ""), /more\.txt: isn't named in SHA256SUMS/],
      [
        "a step below 0",
        editState((text) => text.replace('"step": 2', '"step": -5')),
        /step: expected an integer from 0 on, got -5/,
      ],
      [
        "a step that isn't its name's",
        editState((text) => text.replace('"step": 2', '"step": 3')),
        /expected 2, as in its name, got 3/,
      ],
      ["no generator", editState((text) => text.replace('"seed"', '"sead"')), /rng: expected a seed and a stream/],
    ];
    for (const [what, damage, message] of damages) {
      damage(join(folder, await saveCheckpoint(store, makeState(2, 2), RUN)));
      const warnings: string[] = [];
      const loaded = await loadLatestCheckpoint(store, makeState(9, 0), RUN, (_, reason) => warnings.push(reason));
      expect(loaded!.state.step, what).toBe(1);
      expect(warnings[0], what).toMatch(message);
    }
  });

  it("leaves nothing behind of a save that fails, as on a full disk", async () => {
    const store = folderStore(folder);
    await saveCheckpoint(store, makeState(1, 1), RUN);
    disk.changesLeft = 3;
    const cut = saveCheckpoint(store, makeState(2, 2), RUN);
    await expect(cut).rejects.toThrow("power cut");
    disk.changesLeft = Number.POSITIVE_INFINITY;
    const failing: Parameters<typeof store.save>[1] = async (create) => {
      const sink = await create("params.safetensors");
      await sink.write(new Uint8Array(1000));
      await sink.discard();
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    await expect(store.save(3, failing)).rejects.toThrow("ENOSPC");
    expect(readdirSync(folder)).toEqual(["000001-step-1"]);
  });

  it("leaves other things in the folder alone", async () => {
    mkdirSync(join(folder, "notes"));
    writeFileSync(join(folder, "config.json"), "{}");
    const store = folderStore(folder);
    const name = await saveCheckpoint(store, makeState(1, 1), RUN);
    await store.remove(name);
    expect(await store.list()).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["config.json", "notes"]);
  });
});

function flipBit(path: string): void {
  const file = join(path, "params.safetensors");
  const bytes = readFileSync(file);
  bytes[bytes.length - 2]! ^= 1;
  writeFileSync(file, bytes);
}

function editSums(edit: (text: string) => string): (path: string) => void {
  return (path) => writeFileSync(join(path, "SHA256SUMS"), edit(readFileSync(join(path, "SHA256SUMS"), "utf8")));
}

/** Changes `state.json` and its checksum, as somebody would who edits it. */
function editState(edit: (text: string) => string): (path: string) => void {
  return (path) => {
    const file = join(path, "state.json");
    const edited = edit(readFileSync(file, "utf8"));
    writeFileSync(file, edited);
    const sum = createHash("sha256").update(edited).digest("hex");
    editSums((text) => text.replace(/[0-9a-f]{64}(?= {2}state\.json)/, sum))(path);
  };
}
