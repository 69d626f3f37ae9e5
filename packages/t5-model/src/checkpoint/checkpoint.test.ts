import {
  bytesSource,
  disposeTree,
  encodeSafetensors,
  openSafetensors,
  type Safetensors,
  type SafetensorsItem,
} from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { forward } from "../model.js";
import type { T5Model } from "../params.js";
import { T5_SMALL } from "../presets.js";
import { ids, randomModel, TINY, VARIANTS } from "../testing/tiny-variants.js";
import { checkpointItems, countParameters, disposeT5, loadT5, unusedTensors } from "./checkpoint.js";
import { listParameters } from "./parameters.js";

const UNTIED = VARIANTS["published, gated gelu and an output layer"]!;
const WITH_TASKS = VARIANTS["task layers and classifiers"]!;

const asFile = async (items: readonly SafetensorsItem[]): Promise<Safetensors> =>
  openSafetensors(bytesSource("tiny.safetensors", await encodeSafetensors(items)));

function logits(model: T5Model): tf.Tensor {
  const batch = { inputIds: ids([[5, 8, 3, 11, 6, 1]]), decoderInputIds: ids([[0, 7, 2, 12]]) };
  const task = Object.keys(model.config.taskLayers).at(-1);
  return tf.tidy(() => forward(model, batch, { task }));
}

describeOnBackends("a checkpoint", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`gives the model back that was saved: ${name}`, async () => {
      const model = randomModel(config);
      const exact = await asFile(checkpointItems(model));
      const loaded = await loadT5(config, exact);
      expect(unusedTensors(config, exact)).toEqual([]);
      expect(logits(loaded).dataSync()).toEqual(logits(model).dataSync());
      // A bfloat16 is good to 2^-9; logits are near 3.
      const rounded = await loadT5(config, await asFile(checkpointItems(model, { dtype: "BF16" })));
      expect(logits(rounded).dataSync()).not.toEqual(logits(model).dataSync());
      expectTensor(logits(rounded), logits(model), 0.1);
      disposeT5(rounded);
      disposeT5(loaded);
    });
  }

  it("holds linear weights as Hugging Face does, [dOut, dIn]", async () => {
    const model = randomModel(TINY);
    const file = await asFile(checkpointItems(model));
    const name = "encoder.block.1.layer.1.DenseReluDense.wi.weight";
    expect(file.entries.get(name)?.shape).toEqual([10, 8]);
    const { weight } = model.params.encoder.blocks[1]!.feedForward.up;
    expect(weight.shape).toEqual([10, 8]);
    expect(await file.read(name)).toEqual(weight.dataSync());
  });

  it("leaves no tensor beside the model's", async () => {
    const before = tf.memory().numTensors;
    const model = randomModel(WITH_TASKS);
    const count = listParameters(WITH_TASKS).length;
    expect(tf.memory().numTensors).toBe(before + count);
    const file = await asFile(checkpointItems(model));
    expect(tf.memory().numTensors).toBe(before + count);
    const loaded = await loadT5(WITH_TASKS, file);
    expect(tf.memory().numTensors).toBe(before + 2 * count);
    disposeT5(loaded);
    disposeT5(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describeOnBackends("loadT5", () => {
  it("names the tensor that is missing or has another shape, and keeps nothing", async () => {
    const model = randomModel(TINY);
    const items = checkpointItems(model);
    const last = "decoder.final_layer_norm.weight";
    const missing = await asFile(items.filter(({ name }) => name !== last));
    const misshapen = await asFile(
      items.map((item) => (item.name === last ? { ...item, shape: [4], values: [1, 2, 3, 4] } : item)),
    );
    const before = tf.memory().numTensors;
    await expect(loadT5(TINY, missing)).rejects.toThrow(
      `loadT5: tiny.safetensors lacks "${last}"; the config asks for 2 encoder and 3 decoder layers, relu`,
    );
    await expect(loadT5(TINY, misshapen)).rejects.toThrow(
      `loadT5: tiny.safetensors: "${last}": expected [8] by the config, got [4]`,
    );
    expect(tf.memory().numTensors).toBe(before);
    disposeTree(model.params);
  });

  it("refuses more layers than the file can hold, at once", async () => {
    const file = await asFile(checkpointItems(randomModel(TINY)));
    for (const numLayers of [300_000, 1e9]) {
      await expect(loadT5({ ...TINY, numLayers }, file)).rejects.toThrow(
        `for the config's ${numLayers} encoder and 3 decoder layers, got ${file.entries.size}`,
      );
      expect(countParameters({ ...TINY, numLayers })).toBeGreaterThan(numLayers);
    }
  });

  it("finds the table under its other names", async () => {
    const model = randomModel(TINY);
    for (const alias of ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"]) {
      const renamed = checkpointItems(model).map((item) => ({
        ...item,
        name: item.name === "shared.weight" ? alias : item.name,
      }));
      const loaded = await loadT5(TINY, await asFile(renamed));
      expectTensor(loaded.params.embedding.weight, model.params.embedding.weight, 0);
    }
  });

  it("doesn't take an output layer of its own for the table", async () => {
    const items = checkpointItems(randomModel(UNTIED));
    const file = await asFile(items.filter(({ name }) => name !== "shared.weight"));
    await expect(loadT5(UNTIED, file)).rejects.toThrow('lacks "shared.weight"');
  });
});

describeOnBackends("unusedTensors", () => {
  it("are those that the model has no place for, copies of the table aside", async () => {
    const items = checkpointItems(randomModel(TINY));
    const table = items.find(({ name }) => name === "shared.weight")!;
    const bias = { ...table, name: "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight" };
    const file = await asFile([...items, { ...table, name: "lm_head.weight" }, bias]);
    expect(unusedTensors(TINY, file)).toEqual([bias.name]);
  });
});

describe("checkpointItems", () => {
  it("names the parameter that a model lacks", () => {
    const { config, params } = randomModel(TINY);
    const broken = { config: UNTIED, params };
    expect(() => checkpointItems(broken)).toThrow(
      'checkpointItems: the model lacks "encoder.blocks.0.feedForward.gate.weight"',
    );
    expect(config).toBe(TINY);
  });
});

describe("countParameters", () => {
  it("counts numbers, a shared table once", () => {
    expect(countParameters(T5_SMALL)).toBe(60_506_624); // as t5-small has
  });
});
