import { createRng } from "@t5ts/random";
import {
  addDropout,
  attentionProduct,
  embeddingLookup,
  gatedGelu,
  hasFusedKernel,
  linearCrossEntropy,
  matMulRows,
  rmsNorm,
  runFusedKernel,
  valueAndGrad,
} from "@t5ts/tensor-core";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import { simdInfo } from "./index.js";
import { normal, restart } from "./testing/conformance.js";

const [VOCABULARY, WIDTH, HEADS, BATCH, LENGTH] = [40, 16, 2, 3, 7];

const SHAPES = {
  embedding: [VOCABULARY, WIDTH],
  norm: [WIDTH],
  query: [WIDTH, WIDTH],
  key: [WIDTH, WIDTH],
  value: [WIDTH, WIDTH],
  gate: [WIDTH, WIDTH],
  up: [WIDTH, WIDTH],
  down: [WIDTH, WIDTH],
  bias: [1, HEADS, LENGTH, LENGTH],
};
type Params = Record<keyof typeof SHAPES, tf.Tensor>;
type State = { params: Params; mean: Params; variance: Params };

function initState(): State {
  const rng = createRng(15);
  const make = (scale: number) => {
    const entries = Object.entries(SHAPES).map(([name, shape]) => {
      const { values } = normal(rng, shape, scale);
      return [name, tf.tensor(name === "norm" && scale > 0 ? values.fill(1) : values, shape)];
    });
    return Object.fromEntries(entries) as Params;
  };
  return { params: make(0.3), mean: make(0), variance: make(0) };
}

/** A block of a transformer that learns to give the token before. */
function loss(params: Params, ids: tf.Tensor, labels: tf.Tensor1D, step: number): tf.Scalar {
  const rng = createRng(16).fork(step);
  const heads = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [BATCH, LENGTH, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
  const project = (x: tf.Tensor, name: keyof Params) => matMulRows(x, params[name] as tf.Tensor2D);
  let x = embeddingLookup(params.embedding as tf.Tensor2D, ids);
  let h = rmsNorm(x, params.norm as tf.Tensor1D, 1e-6);
  const [query, key, value] = [heads(project(h, "query")), heads(project(h, "key")), heads(project(h, "value"))];
  const attended = attentionProduct({ query, key, value, bias: params.bias }, { dropoutRate: 0.1, rng });
  x = addDropout(x, tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), x.shape), 0.1, rng);
  h = rmsNorm(x, params.norm as tf.Tensor1D, 1e-6);
  x = addDropout(x, project(gatedGelu(project(h, "gate"), project(h, "up")), "down"), 0.1, rng);
  const rows = tf.reshape(x, [BATCH * LENGTH, WIDTH]) as tf.Tensor2D;
  return tf.mean(linearCrossEntropy(rows, params.embedding as tf.Tensor2D, labels, { zLoss: 1e-4 }));
}

function trainStep(state: State, step: number): { state: State; loss: number } {
  const rng = createRng(17).fork(step);
  const ids = Int32Array.from({ length: BATCH * LENGTH }, () => rng.integer(VOCABULARY));
  const labels = ids.map((_, i) => (i % LENGTH === 0 ? -100 : ids[i - 1]!));
  let value = 0;
  const next = tf.tidy(() => {
    const input = tf.tensor2d(ids, [BATCH, LENGTH], "int32");
    const target = tf.tensor1d(labels, "int32");
    const result = valueAndGrad((params: Params) => loss(params, input, target, step))(state.params);
    value = result.value.dataSync()[0]!;
    const updated: State = { params: {} as Params, mean: {} as Params, variance: {} as Params };
    for (const name of Object.keys(SHAPES) as (keyof Params)[]) {
      const inputs = {
        param: state.params[name],
        grad: result.grads[name],
        mean: state.mean[name],
        variance: state.variance[name],
      };
      const [param, mean, variance] = update(inputs, step);
      Object.assign(updated.params, { [name]: param });
      Object.assign(updated.mean, { [name]: mean });
      Object.assign(updated.variance, { [name]: variance });
    }
    return updated;
  });
  tf.dispose(state);
  return { state: next, loss: value };
}

type Leaf = Record<"param" | "grad" | "mean" | "variance", tf.Tensor>;

function update({ param, grad, mean, variance }: Leaf, step: number): tf.Tensor[] {
  const [meanCorrection, varianceCorrection] = [1 - 0.9 ** (step + 1), 1 - 0.99 ** (step + 1)];
  if (hasFusedKernel("AdamWUpdate")) {
    const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, gradScale: 1 };
    const attributes = { ...rates, meanCorrection, varianceCorrection, isRmsScaled: false };
    return runFusedKernel("AdamWUpdate", { param, grad, mean, variance }, attributes);
  }
  const m = tf.add(tf.mul(mean, 0.9), tf.mul(grad, 0.1));
  const v = tf.add(tf.mul(variance, 0.99), tf.mul(tf.square(grad), 0.01));
  const direction = tf.div(tf.div(m, meanCorrection), tf.add(tf.sqrt(tf.div(v, varianceCorrection)), 1e-8));
  return [tf.sub(param, tf.mul(direction, 0.01)), m, v];
}

function train(steps: number, watch: (step: number) => void = () => undefined): number[] {
  let state = initState();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const result = trainStep(state, step);
    state = result.state;
    losses.push(result.loss);
    watch(step);
  }
  tf.dispose(state);
  return losses;
}

describe("training a transformer", () => {
  afterAll(() => tf.removeBackend("simd"));

  it("follows the path of the CPU backend", async () => {
    await tf.setBackend("cpu");
    const expected = train(5);
    for (const options of [
      { threads: 1, blas: false },
      { threads: 2, blas: true },
    ]) {
      await restart(options);
      for (const [step, loss] of train(5).entries()) expect(loss, `step ${step}`).toBeCloseTo(expected[step]!, 4);
    }
  });

  it("takes the same path to the bit when it's run again", async () => {
    for (const blas of [true, false]) {
      const paths = [];
      for (let run = 0; run < 2; run++) {
        await restart({ threads: 2, blas });
        paths.push(train(30));
      }
      expect(paths[1]).toEqual(paths[0]);
    }
  });

  it("leaks nothing in 1,000 steps, whose loss falls", async () => {
    await restart({ threads: 2 });
    const before = tf.memory().numTensors;
    let [heapBytes, liveBytes, numTensors] = [0, 0, 0];
    const losses = train(1000, (step) => {
      if (step === 10) ({ heapBytes, liveBytes } = simdInfo());
      if (step === 10) numTensors = tf.memory().numTensors;
    });
    expect(simdInfo().heapBytes).toBe(heapBytes);
    expect(liveBytes).toBeLessThan(200_000);
    expect(numTensors - before).toBe(3 * Object.keys(SHAPES).length);
    expect(tf.memory().numTensors).toBe(before);
    expect(simdInfo().liveBytes).toBe(0);
    const mean = (part: number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
    expect(mean(losses.slice(-50))).toBeLessThan(0.5 * mean(losses.slice(0, 50)));
  });
});
