import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import { expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forward } from "../model.js";
import { ids, randomModel, TINY, VARIANTS } from "../testing/tiny-variants.js";
import { loadT5Folder, saveT5Folder } from "./folder.js";

let folder: string;

beforeEach(async () => {
  await selectBackend("cpu", [CPU_BACKEND]);
  folder = await mkdtemp(join(tmpdir(), "t5-model-"));
});

afterEach(() => rm(folder, { recursive: true }));

const makeBatch = () => ({ inputIds: ids([[5, 8, 3, 11, 6, 1]]), decoderInputIds: ids([[0, 7, 2, 12]]) });

describe("a model in a folder", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`is the one that was saved: ${name}`, async () => {
      const model = randomModel(config);
      await saveT5Folder(join(folder, "made", "on", "the", "way"), model);
      const { unused, ...loaded } = await loadT5Folder(join(folder, "made", "on", "the", "way"));
      expect(loaded.config).toEqual(config);
      expect(unused).toEqual([]);
      expectTensor(forward(loaded, makeBatch()), forward(model, makeBatch()), 0);
    });
  }

  it("may be in shards and in half precision", async () => {
    const model = randomModel(TINY);
    await saveT5Folder(folder, model, { dtype: "BF16", maxShardBytes: 2000 });
    expect(JSON.parse(await readFile(join(folder, "model.safetensors.index.json"), "utf8"))).toHaveProperty(
      "weight_map",
    );
    const loaded = await loadT5Folder(folder);
    expect(loaded.unused).toEqual([]);
    expectTensor(forward(loaded, makeBatch()), forward(model, makeBatch()), 0.1);
  });

  it("says which framework's layout it has, without which transformers refuses a file", async () => {
    await saveT5Folder(folder, randomModel(TINY));
    const bytes = await readFile(join(folder, "model.safetensors"));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
    expect(header.__metadata__).toEqual({ format: "pt" });
  });
});

describe("loadT5Folder", () => {
  it("names the file that is missing or doesn't fit", async () => {
    const path = join(folder, "config.json");
    await expect(loadT5Folder(folder)).rejects.toThrow(`${path}: expected the configuration of a T5: ENOENT`);
    await writeFile(path, "{");
    await expect(loadT5Folder(folder)).rejects.toThrow(`${path}: expected the configuration of a T5: `);
    await writeFile(path, '{ "vocab_size": "many" }');
    await expect(loadT5Folder(folder)).rejects.toThrow(`${path}: parseT5Config: `);
    await saveT5Folder(folder, randomModel(TINY));
    await rm(join(folder, "model.safetensors"));
    await expect(loadT5Folder(folder)).rejects.toThrow(`${folder}: expected model.safetensors`);
  });

  it("lists fields of config.json that nobody knows", async () => {
    await saveT5Folder(folder, randomModel(TINY));
    const path = join(folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8"));
    expect((await loadT5Folder(folder)).unknownFields).toEqual([]);
    await writeFile(path, JSON.stringify({ ...config, dropuot_rate: 0.3, use_cache: true }));
    expect((await loadT5Folder(folder)).unknownFields).toEqual([{ field: "dropuot_rate", closest: "dropout_rate" }]);
  });

  it("lists what the model has no place for", async () => {
    const untied = VARIANTS["published, gated gelu and an output layer"]!;
    await saveT5Folder(folder, randomModel(untied));
    const path = join(folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...config, num_decoder_layers: 2, tie_word_embeddings: true }));
    const before = tf.memory().numTensors;
    const { unused, params } = await loadT5Folder(folder);
    expect(unused).toHaveLength(14); // the third layer's: 3 norms, 4 + 4 of attention, 3 of feed-forward
    expect(unused.every((name) => name.startsWith("decoder.block.2."))).toBe(true);
    tf.dispose(params as unknown as tf.TensorContainer);
    expect(tf.memory().numTensors).toBe(before);
  });
});
