import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { simdInfo } from "../index.js";
import { describeConfigurations, expectClose, type Input, normal, runKernel } from "../testing/conformance.js";

const IGNORED = -100;

type Options = { labelSmoothing: number; zLoss: number; ignoreId: number };

/** Costs and their gradients in float64: -Σ target log softmax, less the entropy of the target, plus z log² Z. */
function reference(
  logits: Float64Array,
  labels: ArrayLike<number>,
  dy: ArrayLike<number>,
  { labelSmoothing, zLoss }: Options,
): Record<"loss" | "logZ" | "dLogits", Float64Array> {
  const rows = labels.length;
  const vocabSize = logits.length / rows;
  const [loss, logZ, dLogits] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(logits.length)];
  for (let row = 0; row < rows; row++) {
    const line = Array.from(logits.subarray(row * vocabSize, (row + 1) * vocabSize));
    const peak = Math.max(...line);
    const z = peak + Math.log(line.reduce((sum, logit) => sum + Math.exp(logit - peak), 0));
    logZ[row] = z;
    if (labels[row] === IGNORED) continue;
    const other = vocabSize > 1 ? labelSmoothing / (vocabSize - 1) : 0;
    const target = line.map((_, i) => (i === labels[row] ? 1 - labelSmoothing : other));
    for (const [i, logit] of line.entries()) {
      if (target[i]! > 0) loss[row]! += target[i]! * (z - logit + (labelSmoothing > 0 ? Math.log(target[i]!) : 0));
      dLogits[row * vocabSize + i] = dy[row]! * ((1 + 2 * zLoss * z) * Math.exp(logit - z) - target[i]!);
    }
    loss[row]! += zLoss * z * z;
  }
  return { loss, logZ, dLogits };
}

function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  k: number,
  at: (l: number, j: number) => number,
  n: number,
): Float64Array {
  const y = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) y[i * n + j]! += a[i * k + l]! * b[at(l, j)]!;
  }
  return y;
}

const rng = createRng(11);
const OPTIONS: Options[] = [
  { labelSmoothing: 0, zLoss: 0, ignoreId: IGNORED },
  { labelSmoothing: 0.1, zLoss: 1e-2, ignoreId: IGNORED },
];

function labelsFor(rows: number, vocabSize: number): Input {
  const values = Int32Array.from({ length: rows }, (_, i) => (i % 4 === 3 ? IGNORED : rng.integer(vocabSize)));
  return { shape: [rows], values, dtype: "int32" };
}

describeConfigurations("CrossEntropy", () => {
  it.each([
    [1, 1],
    [3, 5],
    [17, 513],
    [5, 17],
    [0, 3],
  ])("costs logits [%i, %i] and has the gradient", (rows, vocabSize) => {
    if (rows > 0 && vocabSize === 1) return expectOneClass();
    for (const options of OPTIONS) {
      const [logits, labels, dy] = [normal(rng, [rows, vocabSize], 4), labelsFor(rows, vocabSize), normal(rng, [rows])];
      const expected = reference(Float64Array.from(logits.values), labels.values, dy.values, options);
      tf.tidy(() => {
        const [loss, logZ] = runKernel("CrossEntropy", { logits, labels }, options) as [tf.Tensor, tf.Tensor];
        expectClose(loss, expected.loss, 1e-6);
        expectClose(logZ, expected.logZ, 1e-6);
        const saved = { dy, logits, labels, logZ: inputOf(logZ) };
        expectClose(runKernel("CrossEntropyGrad", saved, options)[0]!, expected.dLogits, 2e-6);
      });
    }
  });

  it.each([
    [1, 3, 2],
    [3, 7, 5],
    [17, 33, 513],
    [40, 16, 1000],
    [5000, 2, 400],
  ])("costs [%i, %i] times a weight of %i rows without holding the logits", (rows, dIn, vocabSize) => {
    for (const options of rows > 1000 ? OPTIONS.slice(1) : OPTIONS) {
      const [x, dy, labels] = [normal(rng, [rows, dIn]), normal(rng, [rows]), labelsFor(rows, vocabSize)];
      const weight = normal(rng, [vocabSize, dIn]);
      const at = (l: number, j: number) => j * dIn + l;
      const logits = product(x.values, weight.values, rows, dIn, at, vocabSize);
      const expected = reference(logits, labels.values, dy.values, options);
      const dx = product(expected.dLogits, weight.values, rows, vocabSize, (l, j) => at(j, l), dIn);
      const dWeight = new Float64Array(weight.values.length);
      for (let row = 0; row < rows; row++) {
        for (let j = 0; j < vocabSize; j++) {
          for (let l = 0; l < dIn; l++)
            dWeight[at(l, j)]! += x.values[row * dIn + l]! * expected.dLogits[row * vocabSize + j]!;
        }
      }
      tf.tidy(() => {
        const [loss, logZ] = runKernel("LinearCrossEntropy", { x, weight, labels }, options) as [tf.Tensor, tf.Tensor];
        expectClose(loss, expected.loss, 3e-6);
        expectClose(logZ, expected.logZ, 3e-6);
        const saved = { dy, x, weight, labels, logZ: inputOf(logZ) };
        const grads = runKernel("LinearCrossEntropyGrad", saved, options) as [tf.Tensor, tf.Tensor];
        expectClose(grads[0], dx, 3e-6);
        expectClose(grads[1], dWeight, 3e-6);
      });
    }
    // For the largest of these all logits would be 7.6 MiB, and as many their gradients; a block of them is 7.3 MiB.
    expect(simdInfo().peakBytes).toBeLessThan(10 * 2 ** 20);
  });

  it("names a label that is outside the vocabulary", () => {
    const labels: Input = { shape: [2], values: Int32Array.of(1, 3), dtype: "int32" };
    const run = () => tf.tidy(() => runKernel("CrossEntropy", { logits: normal(rng, [2, 3]), labels }, OPTIONS[0]!));
    expect(run).toThrow("crossEntropy: labels: expected an id from 0 to 2 or -100, got 3 at 1");
  });
});

/** With a single class there's nothing to learn: no cost and no gradient. */
function expectOneClass(): void {
  const labels: Input = { shape: [1], values: Int32Array.of(0), dtype: "int32" };
  const [logits, dy] = [normal(rng, [1, 1]), normal(rng, [1])];
  tf.tidy(() => {
    const [loss, logZ] = runKernel("CrossEntropy", { logits, labels }, OPTIONS[0]!) as [tf.Tensor, tf.Tensor];
    expectClose(loss, [0], 0);
    expectClose(logZ, logits.values, 0);
    expectClose(runKernel("CrossEntropyGrad", { dy, logits, labels, logZ: inputOf(logZ) }, OPTIONS[0]!)[0]!, [0], 0);
  });
}

function inputOf(tensor: tf.Tensor): Input {
  return { shape: tensor.shape, values: tensor.dataSync() as Float32Array, dtype: "float32" };
}
