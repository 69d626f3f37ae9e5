import { createRng } from "@t5ts/random";
import { leaves, namedLeaves, type TensorTree, valueAndGrad } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { type AdamWState, adamW } from "./adamw.js";
import { sgd } from "./sgd.js";
import {
  initToy,
  joinBatches,
  type ToyBatch,
  type ToyParams,
  toyBatch,
  toyErrors,
  toyLoss,
} from "./testing/toy-model.js";
import { disposeTrainState, type InitTrainStateOptions, initTrainState } from "./train-state.js";
import { type Loss, type TrainStepOptions, trainStep } from "./train-step.js";

const values = (tree: TensorTree): number[][] => leaves(tree).map((leaf) => Array.from(leaf.dataSync()));

type Options = TrainStepOptions<ToyParams, AdamWState, ToyBatch>;
const OPTIONS: Options = {
  loss: (params, batch) => toyLoss(params, batch),
  optimizer: adamW(),
  schedule: (step) => 0.01 / (step + 1),
  rng: createRng(1),
};
const start = (options: InitTrainStateOptions = {}) => initTrainState(initToy(), OPTIONS.optimizer, options);

/** The state and the metrics after steps of these batches. */
async function run(steps: ToyBatch[][], options: Partial<Options & InitTrainStateOptions> = {}) {
  let state = start(options);
  let metrics: Awaited<ReturnType<typeof trainStep>>["metrics"] | undefined;
  for (const batches of steps) ({ state, metrics } = await trainStep(state, batches, { ...OPTIONS, ...options }));
  return { state, metrics: metrics! };
}

describeOnBackends("trainStep", () => {
  it("makes the update that the optimizer makes of the gradient", async () => {
    const batch = toyBatch(0);
    const params = initToy();
    const { value, grads } = valueAndGrad((p: ToyParams) => toyLoss(p, batch).value)(params);
    const norm = Math.sqrt(
      values(grads)
        .flat()
        .reduce((sum, g) => sum + g * g, 0),
    );
    const expected = OPTIONS.optimizer.update(grads, OPTIONS.optimizer.init(params), params, {
      step: 0,
      learningRate: 0.01,
    });
    const { state, metrics } = await run([[batch]]);
    expect(state.step).toBe(1);
    expect(values(state.params)).toEqual(values(expected.params));
    expect(values(state.optimizerState)).toEqual(values(expected.state));
    expect(metrics.loss).toBeCloseTo(value.dataSync()[0]!, 6);
    expect(metrics.parts).toEqual({ error: metrics.loss });
    expect(metrics.gradNorm).toBeCloseTo(norm, 5);
    expect(metrics.learningRate).toBe(0.01);
    const modules = Object.values(metrics.moduleGradNorms);
    expect(Object.keys(metrics.moduleGradNorms)).toEqual(["blocks.0", "blocks.1", "norm"]);
    expect(Math.hypot(...modules)).toBeCloseTo(norm, 5);
  });

  it("brings the loss down", async () => {
    const steps = Array.from({ length: 60 }, (_, i) => [toyBatch(i, 8)]);
    const options = { schedule: () => 0.05 };
    const [first, last] = [await run(steps.slice(0, 1), options), await run(steps, options)];
    expect(last.metrics.loss).toBeLessThan(first.metrics.loss / 10);
  });

  // The sums come in another order, hence the tolerance. Before Adam's second root, where a tiny difference of a tiny
  // gradient would be a large one of the update, plain descent is compared.
  const plain = { optimizer: sgd(), schedule: () => 0.5 } as unknown as Partial<Options>;

  it("makes of several batches what it makes of one large batch", async () => {
    const batches = [0, 1, 2, 3].map((i) => toyBatch(i, 2));
    const [parts, whole] = [await run([batches], plain), await run([[joinBatches(batches)]], plain)];
    for (const [i, leaf] of leaves(whole.state.params).entries())
      expectTensor(leaves(parts.state.params)[i]!, leaf, 1e-6);
    expect(parts.metrics.loss).toBeCloseTo(whole.metrics.loss, 5);
    expect(parts.metrics.gradNorm).toBeCloseTo(whole.metrics.gradNorm, 5);
    expect(parts.metrics.parts.error).toBeCloseTo(whole.metrics.parts.error!, 5);
  });

  it("weighs tokens alike, however they're spread over the batches, when the loss divides by the step's totals", async () => {
    const batches = [toyBatch(0, 4), toyBatch(1, 4)];
    batches[0]!.isKept = [1, 0, 0, 0];
    const count = ({ isKept }: ToyBatch): number => isKept.reduce((sum, one) => sum + one, 0);
    const options = {
      ...plain,
      normalizers: (batch: ToyBatch) => ({ tokens: count(batch), pairs: batch.x.length }),
      loss: ((params, batch, _rng, { tokens, pairs }) => {
        const perToken = tf.div(tf.sum(toyErrors(params, batch)), tokens!) as tf.Scalar;
        const perPair = tf.div(tf.sum(tf.square(tf.tensor1d(batch.y))), pairs!) as tf.Scalar;
        return { value: tf.add(perToken, tf.mul(perPair, tf.sum(params.norm.scale))), parts: { perToken, perPair } };
      }) as Loss<ToyParams, ToyBatch>,
    };
    const [parts, whole] = [await run([batches], options), await run([[joinBatches(batches)]], options)];
    for (const [i, leaf] of leaves(whole.state.params).entries())
      expectTensor(leaves(parts.state.params)[i]!, leaf, 2e-6);
    for (const name of ["perToken", "perPair"]) {
      expect(parts.metrics.parts[name]).toBeCloseTo(whole.metrics.parts[name]!, 5);
    }
    expect(parts.metrics.loss).toBeCloseTo(whole.metrics.loss, 5);
    // Without the totals, the token of the first batch would count four times as much.
    const unequal = await run([batches], plain);
    expect(Math.abs(unequal.metrics.loss - whole.metrics.parts.perToken!)).toBeGreaterThan(0.01);
  });

  it("tells a part that some batches lack by those that have it", async () => {
    const loss: Options["loss"] = (params, batch) => {
      const { value } = toyLoss(params, batch);
      const parts: Record<string, tf.Scalar> =
        batch.x.length === 2 ? { small: value } : { large: value, one: tf.scalar(1) };
      return { value, parts };
    };
    const { metrics } = await run([[toyBatch(0, 2), toyBatch(1, 3), toyBatch(2, 3)]], { loss });
    expect(Object.keys(metrics.parts)).toEqual(["small", "large", "one"]);
    expect(metrics.parts.one).toBe(1);
    expect(metrics.loss).toBeCloseTo((metrics.parts.small! + 2 * metrics.parts.large!) / 3, 5);
  });

  it("gives each step and batch randomness of its own, the same again for the same", async () => {
    const seen: string[] = [];
    const loss: Options["loss"] = (params, batch, rng) => {
      seen.push(`${rng.seed}/${rng.stream}`);
      return toyLoss(params, batch, rng);
    };
    const steps = [[toyBatch(0), toyBatch(0)], [toyBatch(0)]];
    const [first, again] = [await run(steps, { loss }), await run(steps, { loss })];
    expect(values(again.state.params)).toEqual(values(first.state.params));
    expect(new Set(seen.slice(0, 3)).size).toBe(3);
    expect(seen.slice(0, 3)).toEqual(seen.slice(3));
    const rng = createRng(1);
    expect(seen[2]).toBe(`1/${rng.fork(1).fork(0).stream}`);
  });

  it("holds the gradient to clipNorm, and reports the norm before", async () => {
    const free = await run([[toyBatch(0)]], plain);
    const { gradNorm } = free.metrics;
    const clipped = await run([[toyBatch(0)]], { ...plain, clipNorm: gradNorm / 4 });
    expect(clipped.metrics.gradNorm).toBe(gradNorm);
    const before = values(initToy());
    for (const [i, leaf] of values(free.state.params).entries()) {
      for (const [j, value] of leaf.entries()) {
        // sgd without decay: the change is proportional to the gradient
        const quarter = (value - before[i]![j]!) / 4;
        expect(values(clipped.state.params)[i]![j]! - before[i]![j]!).toBeCloseTo(quarter, 5);
      }
    }
    const loose = await run([[toyBatch(0)]], { ...plain, clipNorm: gradNorm * 2 });
    expect(values(loose.state.params)).toEqual(values(free.state.params));
  });

  it("leaves frozen parameters alone, and computes nothing for them", async () => {
    const isTrainable = (path: string): boolean => path !== "blocks.0.weight";
    const { state, metrics } = await run([[toyBatch(0)]], { isTrainable });
    expect(namedLeaves(state.optimizerState.mean).map(([path]) => path)).toEqual(["blocks.1.weight", "norm.scale"]);
    const [now, before] = [values(state.params), values(initToy())];
    expect(now.map((leaf, i) => leaf.some((value, j) => value !== before[i]![j]))).toEqual([false, true, true]);
    expect(Object.keys(metrics.moduleGradNorms)).toEqual(["blocks.1", "norm"]);
  });

  it("keeps a running average", async () => {
    const options = { hasAverage: true, averageDecay: 0.75 };
    const [one, two] = [await run([[toyBatch(0)]], options), await run([[toyBatch(0)], [toyBatch(1)]], options)];
    const [p0, p1, p2] = [initToy(), one.state.params, two.state.params].map((p) => p.blocks[0]!.weight);
    const expected = tf.add(tf.mul(tf.add(tf.mul(p0!, 0.75), tf.mul(p1!, 0.25)), 0.75), tf.mul(p2!, 0.25));
    expectTensor(two.state.average!.blocks[0]!.weight, expected, 1e-6);
  });

  it("holds the same tensors after 100 steps as after one", async () => {
    const options: Options = { ...OPTIONS, loss: toyLoss };
    const before = tf.memory().numTensors;
    let state = start({ hasAverage: true });
    const held = tf.memory().numTensors;
    for (let i = 0; i < 100; i++) {
      ({ state } = await trainStep(state, [toyBatch(2 * i), toyBatch(2 * i + 1)], options));
      expect(tf.memory().numTensors).toBe(held);
    }
    disposeTrainState(state);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("names the step and the module when a gradient isn't finite, and leaves the state as it was", async () => {
    const state = { ...start(), step: 12 };
    const [before, numTensors] = [values(state.params), tf.memory().numTensors];
    // √ of something negative, by way of the second layer's weight alone
    const loss: Options["loss"] = (params, batch) => ({
      value: tf.add(toyLoss(params, batch).value, tf.sum(tf.sqrt(tf.sub(params.blocks[1]!.weight, 1000)))) as tf.Scalar,
    });
    await expect(trainStep(state, [toyBatch(0), toyBatch(1)], { ...OPTIONS, loss })).rejects.toThrow(
      'trainStep: step 12: expected a finite loss and gradient, got a loss of NaN; the gradient isn\'t finite from "blocks.1" on (blocks.1.weight)',
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(values(state.params)).toEqual(before);
    const infinite: Options["loss"] = () => ({ value: tf.scalar(Number.POSITIVE_INFINITY) });
    await expect(trainStep(state, [toyBatch(0)], { ...OPTIONS, loss: infinite })).rejects.toThrow(
      "got a loss of Infinity. A",
    );
  });

  it("frees what it made when the loss throws at a later batch", async () => {
    const state = start();
    const numTensors = tf.memory().numTensors;
    const loss: Options["loss"] = (params, batch) => {
      if (batch.x.length === 3) throw new Error("no good");
      return toyLoss(params, batch);
    };
    await expect(trainStep(state, [toyBatch(0), toyBatch(1, 3)], { ...OPTIONS, loss })).rejects.toThrow("no good");
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe("trainStep", () => {
  it("wants a batch", async () => {
    await expect(trainStep(start(), [], OPTIONS)).rejects.toThrow("batches: expected at least one, got none");
  });
});
