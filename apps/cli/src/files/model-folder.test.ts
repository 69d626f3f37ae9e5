import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { disposeT5 } from "@t5ts/t5-model";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyReversingModel, makeFolder } from "../testing/reversing-model.js";
import { UsageError } from "../usage-error.js";
import { openModelFolder, saveModelFolder } from "./model-folder.js";

let folder: string;
let path: string;
let remove: () => void;

beforeAll(async () => {
  await selectBackend("cpu", [CPU_BACKEND]);
});

beforeEach(() => {
  ({ folder, remove } = makeFolder());
  path = copyReversingModel(folder);
});

afterEach(() => remove());

const noWarnings = (text: string): never => {
  throw new Error(`expected no warning, got "${text}"`);
};

describe("openModelFolder", () => {
  const damages: [string, () => void, RegExp][] = [
    ["a folder that isn't there", () => rmSync(path, { recursive: true }), /but there's no such folder/],
    [
      "a file",
      () => replaceByFile(path),
      /expected a folder with config\.json and model\.safetensors, but it's a file/,
    ],
    ["no config.json", () => rmSync(join(path, "config.json")), /config\.json: expected the configuration of a T5/],
    ["no weights", () => rmSync(join(path, "model.safetensors")), /expected model\.safetensors or .* found neither/],
    [
      "no tokenizer",
      () => rmSync(join(path, "tokenizer.json")),
      /tokenizer\.json: expected a tokenizer\.json or a \.model file, but/,
    ],
    ["a config that isn't JSON", () => writeFileSync(join(path, "config.json"), "{"), /config\.json: expected JSON: /],
    [
      "an unknown activation",
      () => editConfig({ feed_forward_proj: "swish" }),
      /config\.json: .*feed_forward_proj: expected one of .*, got "swish"/,
    ],
    [
      "another kind of model",
      () => editConfig({ model_type: "bert" }),
      /model_type: expected one of "t5", .*, got "bert"/,
    ],
    ["more layers than there are", () => editConfig({ num_layers: 3 }), /lacks "encoder\.block\.2\./],
    [
      "another width",
      () => editConfig({ d_model: 64 }),
      /"shared\.weight": expected \[120, 64\] by the config, got \[120, 32\]/,
    ],
    ["weights cut short", () => cutFile(join(path, "model.safetensors")), /model\.safetensors: .*truncated/],
    [
      "weights that are no safetensors",
      () => writeFileSync(join(path, "model.safetensors"), "PK".repeat(99)),
      /is it safe/,
    ],
    [
      "a vocabulary larger than the model's",
      () => editJson("tokenizer.json", ({ model }) => Object.assign(model.vocab, { "🦜": 120 })),
      /expected a tokenizer with at most 120 ids, the vocab_size of config\.json, got 121/,
    ],
  ];
  for (const [name, damage, message] of damages) {
    it(`blames ${name} on the user, by its path, and frees what it had loaded`, async () => {
      damage();
      const before = tf.memory().numTensors;
      const error = await openModelFolder(path, noWarnings).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toContain(path);
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it("tells in one line of tensors without a place", async () => {
    editConfig({ num_decoder_layers: 1 });
    const warnings: string[] = [];
    disposeT5((await openModelFolder(path, (text) => void warnings.push(text))).model);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/the model has no place for "decoder\.block\.1\..* and \d+ more$/);
  });
});

describe("saveModelFolder", () => {
  it("writes what openModelFolder reads", async () => {
    const saved = await openModelFolder(path, noWarnings);
    const out = join(folder, "deep", "copy");
    await saveModelFolder(out, saved);
    const opened = await openModelFolder(out, noWarnings);
    expect(opened.model.config).toEqual(saved.model.config);
    expect(opened.tokenizer.encode("abc")).toEqual(saved.tokenizer.encode("abc"));
    for (const { model } of [saved, opened]) disposeT5(model);
  });

  it("leaves the old model as it was when it fails, and nothing beside it", async () => {
    const { model, tokenizer } = await openModelFolder(path, noWarnings);
    const before = readFileSync(join(path, "model.safetensors"));
    const alsoWrite = (): Promise<void> => Promise.reject(new Error("disk full"));
    await expect(saveModelFolder(path, { model, tokenizer }, { dtype: "F16", alsoWrite })).rejects.toThrow("disk full");
    expect(readFileSync(join(path, "model.safetensors"))).toEqual(before);
    expect(readdirSync(folder)).toEqual(["reversing"]);
    disposeT5(model);
  });

  it("replaces the files of the model, keeps others, and writes what else belongs to it", async () => {
    const { model, tokenizer } = await openModelFolder(path, noWarnings);
    writeFileSync(join(path, "notes.txt"), "mine");
    writeFileSync(join(path, "state.json"), "old");
    writeFileSync(join(path, "model-00001-of-00002.safetensors"), "stale");
    mkdirSync(join(path, "logs"));
    await saveModelFolder(
      path,
      { model, tokenizer },
      { alsoWrite: async (place) => writeFileSync(join(place, "state.json"), "new") },
    );
    expect(readFileSync(join(path, "notes.txt"), "utf8")).toBe("mine");
    expect(readFileSync(join(path, "state.json"), "utf8")).toBe("new");
    expect(existsSync(join(path, "logs"))).toBe(true);
    expect(existsSync(join(path, "model-00001-of-00002.safetensors"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["reversing"]);
    disposeT5(model);
  });
});

function editConfig(changes: Record<string, unknown>): void {
  editJson("config.json", (config) => Object.assign(config, changes));
}

// biome-ignore lint/suspicious/noExplicitAny: whatever is in the file
function editJson(name: string, edit: (json: any) => void): void {
  const json: unknown = JSON.parse(readFileSync(join(path, name), "utf8"));
  edit(json);
  writeFileSync(join(path, name), JSON.stringify(json));
}

function cutFile(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
}

function replaceByFile(place: string): void {
  rmSync(place, { recursive: true });
  writeFileSync(place, "");
}
