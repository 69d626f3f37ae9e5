import { createRng } from "@t5ts/random";
import { leaves, mapTree, namedLeaves, type TensorTree } from "@t5ts/tensor-core";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { adafactor } from "./adafactor.js";
import { type AdamWState, adamW } from "./adamw.js";
import { type CheckpointStore, memoryStore } from "./checkpoint-store.js";
import { RunConflictError } from "./run-conflict-error.js";
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

  it("refuses to go on where there's nothing to go on from, and removes nothing", async () => {
    const store = memoryStore();
    const resume = { steps: 1, checkpoints: { store, shouldResume: true } };
    await expect(collect(resume)).rejects.toThrow(RunConflictError);
    await expect(collect(resume)).rejects.toThrow("train: checkpoints: expected one to go on from, got none");
    await collect({ steps: 2, checkpoints: { store, everySteps: 1 } });
    const damaged: CheckpointStore = {
      ...store,
      open: () => Promise.reject(new Error("is damaged")),
    };
    const warnings: string[] = [];
    await expect(
      collect({ checkpoints: { store: damaged, shouldResume: true } }, (event) => {
        if (event.kind === "warning") warnings.push(event.message);
      }),
    ).rejects.toThrow("expected one to go on from, got 2, all damaged");
    expect(warnings).toEqual([
      "checkpoint 000002-step-2 is passed over: is damaged",
      "checkpoint 000001-step-1 is passed over: is damaged",
    ]);
    expect(await store.list()).toEqual(["000002-step-2", "000001-step-1"]);
  });

  it("refuses to begin where there are checkpoints, and changes nothing", async () => {
    const store = memoryStore();
    await collect({ steps: 4, checkpoints: { store } });
    await expect(collect({ steps: 2, checkpoints: { store, keep: 1 } })).rejects.toThrow(
      "train: checkpoints: expected none where a run begins, got 000001-step-4",
    );
    expect(await store.list()).toEqual(["000001-step-4"]);
  });

  it("lets one run at a time write to a store, and gives it free at the end", async () => {
    const store = memoryStore();
    const unlock = await store.lock();
    await expect(collect({ checkpoints: { store } })).rejects.toThrow("another run is at work on it");
    await unlock();
    await collect({ steps: 1, checkpoints: { store } });
    await collect({ steps: 2, checkpoints: { store, shouldResume: true } });
  });

  it("removes no checkpoint of a later step, and none that was damaged", async () => {
    const store = memoryStore();
    await collect({ steps: 6, checkpoints: { store, everySteps: 2 } });
    // The newest is damaged, so the run goes on from step 4 and keeps two of its own.
    const damaged: CheckpointStore = {
      ...store,
      open: (name) => (name === "000003-step-6" ? Promise.reject(new Error("is damaged")) : store.open(name)),
    };
    await collect({ steps: 5, checkpoints: { store: damaged, shouldResume: true, keep: 1 } });
    expect(await store.list()).toEqual(["000004-step-5", "000003-step-6"]);
    await store.remove("000004-step-5");
    await collect({ steps: 7, checkpoints: { store, shouldResume: true, keep: 1 } });
    expect(await store.list()).toEqual(["000005-step-7"]);
  });

  it("saves by the clock as well, without a difference to the steps", async () => {
    const store = memoryStore();
    const whole = await collect({ steps: 4 });
    const timed = await collect({ steps: 4, checkpoints: { store, everyMs: 1 } }, async () => {
      const until = performance.now() + 2;
      while (performance.now() < until);
    });
    expect(timed.kinds.filter((kind) => kind.startsWith("saved"))).toEqual([
      "saved 1",
      "saved 2",
      "saved 3",
      "saved 4",
    ]);
    expect(timed.params).toEqual(whole.params);
  });

  it("says what couldn't be saved, how much it takes, and from where to go on", async () => {
    const store = memoryStore();
    let saves = 0;
    const full: CheckpointStore = {
      ...store,
      save: (step, write) => (saves++ === 0 ? store.save(step, write) : Promise.reject(new Error("no space left"))),
    };
    await expect(collect({ steps: 4, checkpoints: { store: full, everySteps: 2 } })).rejects.toThrow(
      "train: the checkpoint of step 4, about 1 MB, could not be saved: no space left; " +
        "once that is mended, resume: the last good one is 000001-step-2",
    );
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
