import { createRng } from "@t5ts/random";
import { bytesSource, CPU_BACKEND, leaves, openSafetensors, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type AdamWState, adamW } from "./adamw.js";
import { loadLatestCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { type CheckpointStore, memoryStore } from "./checkpoint-store.js";
import { initToy, type ToyParams } from "./testing/toy-model.js";
import { initTrainState, type TrainState } from "./train-state.js";

type State = TrainState<ToyParams, AdamWState>;
const makeState = (seed: number, step = 0): State => ({
  ...initTrainState(initToy(seed), adamW(), { hasAverage: true }),
  step,
});
const RUN = { rng: createRng(5), position: { next: 3 }, config: { rate: 0.1, tasks: ["a"] } };
const values = ({ params, optimizerState, average }: State): number[][] =>
  leaves({ params, optimizerState, average }).map((leaf) => Array.from(leaf.dataSync()));

describe("checkpoints", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  it("bring back the state to the bit, and what the run was", async () => {
    const store = memoryStore();
    const state = makeState(1, 7);
    expect(await saveCheckpoint(store, state, RUN)).toBe("000001-step-7");
    const like = makeState(2);
    const loaded = await loadLatestCheckpoint(store, like, RUN);
    expect(loaded!.state.step).toBe(7);
    expect(values(loaded!.state)).toEqual(values(state));
    expect(loaded!.run).toMatchObject({ rng: { seed: 5, stream: 0 }, position: { next: 3 } });
  });

  it("are files that others can read", async () => {
    const store = memoryStore();
    const name = await saveCheckpoint(store, makeState(1, 7), RUN);
    const open = await store.open(name);
    const params = await openSafetensors(await open("params.safetensors"));
    expect([...params.entries.keys()]).toEqual(["blocks.0.weight", "blocks.1.weight", "norm.scale"]);
    const optimizer = await openSafetensors(await open("optimizer.safetensors"));
    expect([...optimizer.entries.keys()]).toContain("variance.blocks.0.weight");
    const json = await open("state.json");
    expect(JSON.parse(new TextDecoder().decode(await json.read(0, json.sizeBytes)))).toEqual({
      version: 2,
      step: 7,
      rng: { seed: 5, stream: 0 },
      hasAverage: true,
      position: { next: 3 },
      config: { rate: 0.1, tasks: ["a"] },
    });
  });

  it("that are damaged are passed over with a warning, down to the newest that's whole", async () => {
    const store = memoryStore();
    await saveCheckpoint(store, makeState(1, 1), RUN);
    await saveCheckpoint(store, makeState(2, 2), RUN);
    const shorten: CheckpointStore = {
      ...store,
      async open(name) {
        const open = await store.open(name);
        return async (file) => {
          const source = await open(file);
          const isDamaged = name === "000002-step-2" && file === "optimizer.safetensors";
          return isDamaged ? { ...source, sizeBytes: source.sizeBytes - 1 } : source;
        };
      },
    };
    const warnings: string[] = [];
    const loaded = await loadLatestCheckpoint(shorten, makeState(3), RUN, (name, reason) =>
      warnings.push(`${name}: ${reason}`),
    );
    expect(loaded!.name).toBe("000001-step-1");
    expect(warnings).toEqual([
      '000002-step-2: 000002-step-2/optimizer.safetensors: "variance.norm.scale": the file is truncated: expected 1 more bytes',
    ]);
  });

  it("of another model say what doesn't fit, and hold no tensors", async () => {
    const store = memoryStore();
    const { params, optimizerState } = makeState(1);
    const other = { ...params, extra: tf.zeros([1]), norm: { scale: tf.ones([9]) } };
    await saveCheckpoint(store, { step: 0, params: other, optimizerState }, RUN);
    const like = makeState(2);
    const numTensors = tf.memory().numTensors;
    await expect(loadLatestCheckpoint(store, like, RUN)).rejects.toThrow(
      "checkpoint 000001-step-0: params: has extra, which the run doesn't know; " +
        "has another shape for norm.scale (expected [4], got [9])",
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    const wide = {
      step: 0,
      optimizerState,
      params: { ...params, a: tf.ones([1]), b: [1, 2, 3].map(() => tf.ones([1])) },
    };
    await expect(loadLatestCheckpoint(store, wide, RUN)).rejects.toThrow("params: lacks a, b.0, b.1 and 1 more;");
  });

  it("of another version are refused, not passed over: those of version 1 hold weights the other way round", async () => {
    const store = memoryStore();
    await saveCheckpoint(store, makeState(1), RUN);
    const old: CheckpointStore = {
      ...store,
      async open(name) {
        const open = await store.open(name);
        return async (file) => {
          const source = await open(file);
          if (file !== "state.json") return source;
          const text = new TextDecoder().decode(await source.read(0, source.sizeBytes));
          return bytesSource(source.name, new TextEncoder().encode(text.replace('"version": 2', '"version": 1')));
        };
      },
    };
    const like = makeState(2);
    const numTensors = tf.memory().numTensors;
    await expect(loadLatestCheckpoint(old, like, RUN)).rejects.toThrow(
      "checkpoint 000001-step-0: version: expected 2, got 1; go on with the release that made it, or begin the run anew",
    );
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("of another run say in what it differs", async () => {
    const store = memoryStore();
    await saveCheckpoint(store, makeState(1), RUN);
    const load = (run: object) => loadLatestCheckpoint(store, makeState(2), { ...RUN, ...run });
    await expect(load({ config: { rate: 0.1, tasks: ["a", "b"] } })).rejects.toThrow(
      'checkpoint 000001-step-0 is of another run: config.tasks.1: expected "b", got undefined',
    );
    await expect(load({ config: { rate: 0.2, tasks: ["a"] } })).rejects.toThrow("config.rate: expected 0.2, got 0.1");
    await expect(load({ rng: createRng(6) })).rejects.toThrow("rng.seed: expected 6, got 5");
    expect(await loadLatestCheckpoint(store, makeState(2))).toBeDefined();
  });

  it("may keep an average that the run at hand doesn't, and not the other way round", async () => {
    const store = memoryStore();
    const { average: _, ...without } = makeState(1);
    await saveCheckpoint(store, makeState(1), RUN);
    expect((await loadLatestCheckpoint(store, without, RUN))!.state.average).toBeUndefined();
    await saveCheckpoint(store, without, RUN);
    await expect(loadLatestCheckpoint(store, makeState(1), RUN)).rejects.toThrow("has no average");
  });
});
