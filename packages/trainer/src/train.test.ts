import { createRng } from "@t5ts/random";
import { leaves, mapTree, namedLeaves, type TensorTree } from "@t5ts/tensor-core";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { adafactor } from "./adafactor.js";
import { type AdamWState, adamW } from "./adamw.js";
import { memoryStore } from "./checkpoint-store.js";
import { initToy, type ToyBatch, type ToyParams, toyBatch, toyLoss } from "./testing/toy-model.js";
import { type BatchSource, type TrainEvent, type TrainOptions, train } from "./train.js";

type Position = { next: number };
type Options = TrainOptions<ToyParams, AdamWState, ToyBatch, Position>;
type Event = TrainEvent<ToyParams>;

/** Batches from `from` on, as many as `count` in all. */
function toyData(count = Number.POSITIVE_INFINITY): BatchSource<ToyBatch, Position> {
  return function* (from = { next: 0 }) {
    for (let i = from.next; i < count; i++) yield { batch: toyBatch(i), position: { next: i + 1 } };
  };
}

const makeOptions = (options: Partial<Options> = {}): Options => ({
  params: initToy(),
  loss: toyLoss,
  data: toyData(),
  optimizer: adamW(),
  schedule: () => 0.01,
  rng: createRng(3),
  steps: 6,
  ...options,
});

const values = (tree: TensorTree): number[][] => leaves(tree).map((leaf) => Array.from(leaf.dataSync()));

/** All events, with the parameters at the end as numbers. */
async function collect(options: Partial<Options>, onEvent: (event: Event) => void = () => {}) {
  const events: Event[] = [];
  let params: number[][] = [];
  for await (const event of train(makeOptions(options))) {
    if (event.kind === "finished") params = values(event.average ? [event.params, event.average] : event.params);
    events.push(event);
    onEvent(event);
  }
  const kinds = events.map((event) => `${event.kind}${"step" in event ? ` ${event.step}` : ""}`);
  const losses = events.flatMap((event) => (event.kind === "step" ? [event.loss] : []));
  return { events, kinds, losses, params };
}

describeOnBackends("train", () => {
  it("tells of every step, and at the end of the parameters", async () => {
    const { events, kinds, losses } = await collect({ steps: 3, countTokens: (batch) => batch.x.length });
    expect(kinds).toEqual(["step 1", "step 2", "step 3", "finished 3"]);
    expect(events[0]).toMatchObject({ kind: "step", loss: losses[0], learningRate: 0.01, tokens: 4 });
    expect(Object.keys(events[0]!)).toEqual(
      expect.arrayContaining(["parts", "gradNorm", "moduleGradNorms", "elapsedMs"]),
    );
    expect(events[3]).toMatchObject({ reason: "steps" });
  });

  it("makes the same steps when it's stopped and resumed, bit for bit", async () => {
    const options = { hasAverage: true, batchesPerStep: 2, config: { dropout: 0.25 } };
    const whole = await collect(options);
    const store = memoryStore();
    const controller = new AbortController();
    const first = await collect({ ...options, checkpoints: { store }, signal: controller.signal }, (event) => {
      if (event.kind === "step" && event.step === 2) controller.abort();
    });
    expect(first.kinds).toEqual(["step 1", "step 2", "saved 2", "finished 2"]);
    const second = await collect({
      ...options,
      params: initToy(99), // only their shapes are looked at
      checkpoints: { store, shouldResume: true },
    });
    expect(second.kinds).toEqual(["resumed 2", ...[3, 4, 5, 6].map((step) => `step ${step}`), "saved 6", "finished 6"]);
    expect([...first.losses, ...second.losses]).toEqual(whole.losses);
    expect(second.params).toEqual(whole.params);
  });

  it("makes the same steps when it broke off between two checkpoints", async () => {
    const optimizer = adafactor({ beta1: 0.9, minDimSizeToFactor: 2 }) as unknown as Options["optimizer"];
    const whole = await collect({ optimizer });
    const store = memoryStore();
    const loss: Options["loss"] = (params, batch, rng) => {
      if (batch.y[0] === toyBatch(4).y[0]) throw new Error("power cut");
      return toyLoss(params, batch, rng);
    };
    await expect(collect({ optimizer, loss, checkpoints: { store, everySteps: 3 } })).rejects.toThrow("power cut");
    const resumed = await collect({ optimizer, checkpoints: { store, shouldResume: true } });
    expect(resumed.kinds[0]).toBe("resumed 3");
    expect(resumed.losses).toEqual(whole.losses.slice(3));
    expect(resumed.params).toEqual(whole.params);
  });

  it("holds no tensor after the end, an early exit, a break-down or a resumption", async () => {
    const numTensors = tf.memory().numTensors;
    const store = memoryStore();
    const held = (): number => tf.memory().numTensors - numTensors;
    await collect({ checkpoints: { store, everySteps: 2 }, hasAverage: true });
    expect(held()).toBe(0);
    await collect({ checkpoints: { store, shouldResume: true }, hasAverage: true, steps: 8 });
    expect(held()).toBe(0);
    for await (const event of train(makeOptions())) if (event.kind === "step" && event.step === 2) break;
    expect(held()).toBe(0);
    const loss: Options["loss"] = () => {
      throw new Error("broken");
    };
    await expect(collect({ loss })).rejects.toThrow("broken");
    expect(held()).toBe(0);
  });
});

describe("train", () => {
  it("ends when the data ends, with a smaller last step if need be", async () => {
    const { kinds, events } = await collect({ data: toyData(5), batchesPerStep: 2, countTokens: ({ x }) => x.length });
    expect(kinds).toEqual(["step 1", "step 2", "step 3", "finished 3"]);
    expect(events.flatMap((event) => (event.kind === "step" ? [event.tokens] : []))).toEqual([8, 8, 4]);
    expect(events.at(-1)).toMatchObject({ reason: "data" });
  });

  it("takes data as it comes from elsewhere, and closes it", async () => {
    let isClosed = false;
    const data: Options["data"] = async function* (from) {
      try {
        yield* toyData()(from) as Iterable<{ batch: ToyBatch; position: Position }>;
      } finally {
        isClosed = true;
      }
    };
    const [here, there] = [await collect({}), await collect({ data })];
    expect(there.params).toEqual(here.params);
    expect(isClosed).toBe(true);
  });

  it("evaluates every so many steps and at the end", async () => {
    const seen: [number, number[][]][] = [];
    const evaluation: Options["evaluation"] = {
      everySteps: 2,
      evaluate: async (params, { step }) => {
        seen.push([step, values(params)]);
        return { accuracy: step / 10 };
      },
    };
    const { kinds, events, params } = await collect({ steps: 3, evaluation });
    expect(kinds).toEqual(["step 1", "step 2", "evaluation 2", "step 3", "evaluation 3", "finished 3"]);
    expect(events[2]).toMatchObject({ metrics: { accuracy: 0.2 } });
    expect(seen.map(([step]) => step)).toEqual([2, 3]);
    expect(seen[1]![1]).toEqual(params);
  });

  it("saves every so many steps and at the end, and keeps the last ones", async () => {
    const store = memoryStore();
    const { kinds } = await collect({ steps: 5, checkpoints: { store, everySteps: 2, keep: 2 } });
    expect(kinds.filter((kind) => kind.startsWith("saved"))).toEqual(["saved 2", "saved 4", "saved 5"]);
    expect(await store.list()).toEqual(["000003-step-5", "000002-step-4"]);
    const again = await collect({ steps: 5, checkpoints: { store, shouldResume: true } });
    expect(again.kinds).toEqual(["resumed 5", "finished 5"]);
  });

  it("begins at the beginning when there's nothing to resume", async () => {
    const { kinds } = await collect({ steps: 1, checkpoints: { store: memoryStore(), shouldResume: true } });
    expect(kinds).toEqual(["step 1", "saved 1", "finished 1"]);
  });

  it("makes no step when the signal was given before", async () => {
    const { kinds, events } = await collect({ signal: AbortSignal.abort() });
    expect(kinds).toEqual(["finished 0"]);
    expect(events[0]).toMatchObject({ reason: "signal" });
  });

  it("stops at a loss that isn't finite, and the checkpoint before is as it was", async () => {
    const store = memoryStore();
    const loss: Options["loss"] = (params, batch, rng) => {
      const { value } = toyLoss(params, batch, rng);
      return { value: batch.y[0] === toyBatch(3).y[0] ? (tf.div(value, 0) as tf.Scalar) : value };
    };
    await expect(collect({ loss, checkpoints: { store, everySteps: 2 } })).rejects.toThrow(
      "trainStep: step 3: expected",
    );
    expect(await store.list()).toEqual(["000001-step-2"]);
    const resumed = await collect({ checkpoints: { store, shouldResume: true } });
    expect(resumed.kinds[0]).toBe("resumed 2");
  });

  it("gives parameters that stay, once they're cloned", async () => {
    let kept: ToyParams | undefined;
    const { params } = await collect({}, (event) => {
      if (event.kind === "finished") kept = mapTree((leaf) => tf.clone(leaf), event.params);
    });
    expect(values(kept!)).toEqual(params);
    expect(namedLeaves(kept!).every(([, leaf]) => !leaf.isDisposed)).toBe(true);
  });

  it("names an option that makes no sense", async () => {
    await expect(collect({ steps: 0 })).rejects.toThrow("train: steps: expected an integer from 1, got 0");
    const checkpoints = { store: memoryStore(), keep: 0 };
    await expect(collect({ checkpoints })).rejects.toThrow(
      "train: checkpoints.keep: expected an integer from 1, got 0",
    );
  });
});
