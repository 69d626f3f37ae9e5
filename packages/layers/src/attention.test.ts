import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import {
  type AttentionOptions,
  type AttentionParams,
  appendKeyValue,
  attend,
  initAttention,
  projectKeyValue,
} from "./attention.js";
import { causalBias } from "./attention-bias.js";
import type { HeadMerge } from "./heads.js";

const OPTIONS: AttentionOptions = { numHeads: 2, headMerge: "concat", dropoutRate: 0.4 };
const SIZE = { dModel: 5, numHeads: 2, dHead: 3, headMerge: "concat" } as const;

const random = (seed: number, ...shape: number[]): tf.Tensor => randomNormal(createRng(seed), shape);
const noBias = (): tf.Tensor => tf.zeros([1, 1, 1, 1]);

/** A head of width 1 that takes its queries, keys and values from a dimension each. */
const pick = (dimension: number): { weight: tf.Tensor2D } => ({
  weight: tf.tensor2d([[0, 1, 2].map((i) => (i === dimension ? 1 : 0))]),
});

describeOnBackends("attend", () => {
  it("is the values' mean, weighted by the softmax of query · key + bias, not divided by √dHead", () => {
    const params: AttentionParams = {
      query: pick(0),
      key: pick(1),
      value: pick(2),
      output: { weight: tf.tensor2d([[1], [10]]) },
    };
    const options = { ...OPTIONS, numHeads: 1 };
    // Keys log 2 and log 3, values 5 and 7. The queries are 1 and 2, the second key's bias log 4 and 0.
    const keyValue = projectKeyValue(
      params,
      tf.tensor3d([
        [
          [0, Math.log(2), 5],
          [0, Math.log(3), 7],
        ],
      ]),
      1,
    );
    const x = tf.tensor3d([
      [
        [1, 0, 0],
        [2, 0, 0],
      ],
    ]);
    const bias = tf.tensor4d([
      [
        [
          [0, Math.log(4)],
          [0, 0],
        ],
      ],
    ]);
    const [first, second] = [(2 * 5 + 12 * 7) / (2 + 12), (4 * 5 + 9 * 7) / (4 + 9)];
    const y = attend(params, x, keyValue, bias, options);
    expect(y.shape).toEqual([1, 2, 2]);
    expectTensor(y, [first, 10 * first, second, 10 * second], 1e-4); // values reach 70
  });

  for (const headMerge of ["concat", "mean", "sum"] as HeadMerge[]) {
    it(`merges heads that attend on their own: ${headMerge}`, () => {
      const params = initAttention(createRng(1), { ...SIZE, headMerge });
      const x = random(2, 2, 4, 5);
      const options = { ...OPTIONS, headMerge };
      const bias = random(3, 1, 2, 4, 4);
      const y = attend(params, x, projectKeyValue(params, x, 2), bias, options);

      const slice = (weight: tf.Tensor2D, head: number): { weight: tf.Tensor2D } => ({
        weight: tf.slice(weight, [3 * head, 0], [3, 5]),
      });
      const heads = [0, 1].map((head) => {
        const { query, key, value, output } = params;
        const part = headMerge === "concat" ? tf.slice(output.weight, [0, 3 * head], [5, 3]) : output.weight;
        const alone: AttentionParams = {
          query: slice(query.weight, head),
          key: slice(key.weight, head),
          value: slice(value.weight, head),
          output: { weight: part },
        };
        const headBias = tf.slice(bias, [0, head, 0, 0], [1, 1, 4, 4]);
        return attend(alone, x, projectKeyValue(alone, x, 1), headBias, { ...options, numHeads: 1 });
      });
      const sum = tf.add(heads[0]!, heads[1]!);
      expectTensor(y, headMerge === "mean" ? tf.div(sum, 2) : sum, 1e-5);
    });
  }

  it("attends across to a sequence of another length", () => {
    const params = initAttention(createRng(1), SIZE);
    const keys = projectKeyValue(params, random(3, 2, 7, 5), 2);
    expect(keys.key.shape).toEqual([2, 2, 7, 3]);
    expect(attend(params, random(2, 2, 4, 5), keys, noBias(), OPTIONS).shape).toEqual([2, 4, 5]);
  });

  it("gives the same one position at a time as all at once", () => {
    const params = initAttention(createRng(1), SIZE);
    const x = random(2, 2, 4, 5);
    const whole = attend(params, x, projectKeyValue(params, x, 2), causalBias(4, 4), OPTIONS);
    let past: ReturnType<typeof projectKeyValue> | undefined;
    for (let position = 0; position < 4; position++) {
      const here = tf.slice(x, [0, position, 0], [2, 1, 5]);
      past = appendKeyValue(past, projectKeyValue(params, here, 2));
      const y = attend(params, here, past, causalBias(1, position + 1), OPTIONS);
      expectTensor(y, tf.slice(whole, [0, position, 0], [2, 1, 5]), 1e-5);
    }
    expect(past?.key.shape).toEqual([2, 2, 4, 3]);
  });

  describe("when watched", () => {
    it("gives the weights, which sum to 1, and the same result, with dropout and without", () => {
      const params = initAttention(createRng(1), SIZE);
      const x = random(2, 2, 4, 5);
      const keyValue = projectKeyValue(params, x, 2);
      for (const rng of [() => undefined, () => createRng(9)]) {
        const seen: tf.Tensor4D[] = [];
        const plain = attend(params, x, keyValue, causalBias(4, 4), { ...OPTIONS, rng: rng() });
        const watched = tf.tidy(() =>
          attend(params, x, keyValue, causalBias(4, 4), {
            ...OPTIONS,
            rng: rng(),
            watch: (weights) => seen.push(weights),
          }),
        );
        expectTensor(watched, plain, 1e-5);
        const [weights] = seen as [tf.Tensor4D];
        expect(weights.isDisposed).toBe(false); // the watcher's, also after a `tidy`
        expect(weights.shape).toEqual([2, 2, 4, 4]);
        expectTensor(tf.sum(weights, -1), tf.ones([2, 2, 4]), 1e-5);
        expectTensor(tf.mul(weights, tf.cast(tf.notEqual(causalBias(4, 4), 0), "float32")), tf.zeros([64]), 0);
        weights.dispose();
      }
    });
  });

  it("drops weights where there is an rng: on average, nothing changes", () => {
    const params = initAttention(createRng(1), SIZE);
    const x = random(2, 1, 4, 5);
    const keyValue = projectKeyValue(params, x, 2);
    const plain = attend(params, x, keyValue, noBias(), OPTIONS);
    const rng = createRng(4);
    const draws = Array.from({ length: 400 }, () => attend(params, x, keyValue, noBias(), { ...OPTIONS, rng }));
    const { mean, variance } = tf.moments(tf.stack(draws), 0);
    const error = tf.sqrt(tf.div(variance, draws.length));
    expect(tf.max(tf.div(tf.abs(tf.sub(mean, plain)), error)).dataSync()[0]).toBeLessThan(4.5); // of 20 normal numbers
    expect(tf.min(variance).dataSync()[0]).toBeGreaterThan(0);
  });

  for (const headMerge of ["concat", "sum"] as HeadMerge[]) {
    it(`has the gradients that finite differences give: ${headMerge}`, () => {
      const params = initAttention(createRng(1), { ...SIZE, headMerge });
      const tree = { params, x: random(2, 1, 3, 5), y: random(3, 1, 4, 5), bias: random(4, 1, 2, 3, 4) };
      expectGradient(
        ({ params, x, y, bias }: typeof tree) =>
          attend(params, x, projectKeyValue(params, y, 2), bias, { ...OPTIONS, headMerge, rng: createRng(5) }),
        tree,
      );
    });
  }
});

describeOnBackends("initAttention", () => {
  it("has Mesh TensorFlow's deviations, the division by √dHead in that of the query", () => {
    const params = initAttention(createRng(0), { dModel: 60, numHeads: 4, dHead: 20, headMerge: "concat" });
    const deviations = { query: (60 * 20) ** -0.5, key: 60 ** -0.5, value: 60 ** -0.5, output: 80 ** -0.5 };
    for (const [name, expected] of Object.entries(deviations)) {
      const { weight } = params[name as keyof AttentionParams];
      const deviation = Math.sqrt(tf.mean(tf.square(weight)).dataSync()[0]!);
      expect(Math.abs(deviation / expected - 1), name).toBeLessThan(4 / Math.sqrt(2 * 4800));
    }
  });
});
