import { createRng, type RngKeys, randomUint32 } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { simdInfo } from "../index.js";
import { broadcastStrides } from "../layout.js";
import { describeConfigurations, expectClose, type Input, normal, runKernel } from "../testing/conformance.js";

type Sizes = { batch: number; heads: number; queries: number; keyLength: number; depth: number };
type Case = Record<"query" | "key" | "value" | "bias" | "dy", Input>;

/** Value and gradients in float64. */
function reference(
  { query, key, value, bias, dy }: Case,
  { batch, heads, queries, keyLength, depth }: Sizes,
  rate: number,
  keys: RngKeys,
): Record<"y" | "logSumExp" | "dQuery" | "dKey" | "dValue" | "dBias", Float64Array> {
  const [sb, sh, sq, sk] = broadcastStrides(bias.shape, [batch, heads, queries, keyLength]) as [
    number,
    number,
    number,
    number,
  ];
  const [y, dQuery] = [new Float64Array(query.values.length), new Float64Array(query.values.length)];
  const [dKey, dValue] = [new Float64Array(key.values.length), new Float64Array(key.values.length)];
  const dBias = new Float64Array(bias.values.length);
  const logSumExp = new Float64Array(batch * heads * queries);
  const threshold = Math.round(rate * 2 ** 32);
  const span = Array.from({ length: depth }, (_, i) => i);
  const dot = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number) =>
    span.reduce((sum, l) => sum + a[i * depth + l]! * b[j * depth + l]!, 0);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const matrix = b * heads + h;
      for (let q = 0; q < queries; q++) {
        const row = matrix * queries + q;
        const at = (k: number) => b * sb + h * sh + q * sq + k * sk;
        const scores = Array.from(
          { length: keyLength },
          (_, k) => dot(query.values, row, key.values, matrix * keyLength + k) + bias.values[at(k)]!,
        );
        const peak = Math.max(...scores);
        const sum = scores.reduce((total, score) => total + Math.exp(score - peak), 0);
        logSumExp[row] = peak + Math.log(sum);
        const weights = scores.map((score) => Math.exp(score - logSumExp[row]!));
        const kept = weights.map((_, k) => (randomUint32(keys, row * keyLength + k) >= threshold ? 1 / (1 - rate) : 0));
        const dWeights = weights.map((_, k) => kept[k]! * dot(dy.values, row, value.values, matrix * keyLength + k));
        const along = weights.reduce((total, weight, k) => total + weight * dWeights[k]!, 0);
        for (const [k, weight] of weights.entries()) {
          const other = matrix * keyLength + k;
          const dScore = weight * (dWeights[k]! - along);
          dBias[at(k)]! += dScore;
          for (const l of span) {
            y[row * depth + l]! += weight * kept[k]! * value.values[other * depth + l]!;
            dValue[other * depth + l]! += weight * kept[k]! * dy.values[row * depth + l]!;
            dQuery[row * depth + l]! += dScore * key.values[other * depth + l]!;
            dKey[other * depth + l]! += dScore * query.values[row * depth + l]!;
          }
        }
      }
    }
  }
  return { y, logSumExp, dQuery, dKey, dValue, dBias };
}

/** Float32 through exponentials of scores of about 10, summed over up to 513 keys. */
const TOLERANCE = 1e-5;

const BIASES: [string, (sizes: Sizes) => number[]][] = [
  ["for each score", ({ batch, heads, queries, keyLength }) => [batch, heads, queries, keyLength]],
  ["for all of the batch", ({ heads, queries, keyLength }) => [1, heads, queries, keyLength]],
  ["for all heads and queries", ({ batch, keyLength }) => [batch, 1, 1, keyLength]],
  ["for the whole batch and all heads", ({ queries, keyLength }) => [queries, keyLength]],
  ["for all keys", ({ batch, heads, queries }) => [batch, heads, queries, 1]],
  ["that is one number", () => []],
];

const SIZES: Sizes[] = [
  { batch: 1, heads: 1, queries: 1, keyLength: 1, depth: 1 },
  { batch: 2, heads: 3, queries: 5, keyLength: 17, depth: 3 },
  { batch: 2, heads: 2, queries: 70, keyLength: 65, depth: 16 },
  { batch: 1, heads: 2, queries: 3, keyLength: 513, depth: 5 },
];

const rng = createRng(9);

describeConfigurations("Attention", () => {
  it.each(BIASES)("adds a bias %s, with and without dropout, and has the gradients", (_, biasShape) => {
    for (const sizes of SIZES) {
      const { batch, heads, queries, keyLength, depth } = sizes;
      const inputs: Case = {
        query: normal(rng, [batch, heads, queries, depth]),
        key: normal(rng, [batch, heads, keyLength, depth]),
        value: normal(rng, [batch, heads, keyLength, depth]),
        bias: normal(rng, biasShape(sizes)),
        dy: normal(rng, [batch, heads, queries, depth]),
      };
      for (const rate of [0, 0.3]) {
        const { keys } = createRng(10);
        const expected = reference(inputs, sizes, rate, keys);
        tf.tidy(() => {
          const { dy, ...operands } = inputs;
          const [y, logSumExp] = runKernel("Attention", operands, { rate, keys }) as [tf.Tensor, tf.Tensor];
          expectClose(y, expected.y, TOLERANCE);
          expectClose(logSumExp, expected.logSumExp, TOLERANCE);
          const saved = { dy, ...operands, y: inputOf(y), logSumExp: inputOf(logSumExp) };
          const grads = runKernel("AttentionGrad", saved, { rate, keys, needsBiasGrad: true });
          for (const [i, name] of (["dQuery", "dKey", "dValue", "dBias"] as const).entries()) {
            // Up to 18,000 terms that cancel add up to the gradient of a bias that is shared.
            expectClose(grads[i]!, expected[name], name === "dBias" ? 5 * TOLERANCE : TOLERANCE);
          }
          expect(grads[3]!.shape).toEqual(inputs.bias.shape);
          expect(runKernel("AttentionGrad", saved, { rate, keys, needsBiasGrad: false })).toHaveLength(3);
        });
      }
    }
  });

  it("gives equal weights to a row that is masked throughout, and none to a key that is", () => {
    const [query, key, value] = [normal(rng, [1, 1, 2, 4]), normal(rng, [1, 1, 3, 4]), normal(rng, [1, 1, 3, 4])];
    const bias = { ...normal(rng, [2, 3]), values: Float32Array.of(-1e9, -1e9, -1e9, 0, -Infinity, -1e9) };
    tf.tidy(() => {
      const [y] = runKernel("Attention", { query, key, value, bias }, { rate: 0, keys: [0, 0] }) as [tf.Tensor];
      const mean = [0, 1, 2, 3].map((i) => (value.values[i]! + value.values[4 + i]! + value.values[8 + i]!) / 3);
      // Scores of -1e9 swallow what is added to them: the weights are equal.
      expectClose(y, [...mean, ...value.values.slice(0, 4)], 1e-6);
    });
  });

  it("is empty where there are no queries", () => {
    const inputs = {
      query: normal(rng, [2, 2, 0, 4]),
      key: normal(rng, [2, 2, 3, 4]),
      value: normal(rng, [2, 2, 3, 4]),
    };
    tf.tidy(() => {
      const [y] = runKernel("Attention", { ...inputs, bias: normal(rng, [0, 3]) }, { rate: 0, keys: [0, 0] }) as [
        tf.Tensor,
      ];
      expect(y.shape).toEqual([2, 2, 0, 4]);
    });
  });

  it("is empty where vectors have no dimensions", () => {
    const shape = [1, 2, 3, 0];
    const [query, key, value] = [normal(rng, shape), normal(rng, shape), normal(rng, shape)];
    tf.tidy(() => {
      const [y, logSumExp] = runKernel(
        "Attention",
        { query, key, value, bias: normal(rng, []) },
        { rate: 0, keys: [0, 0] },
      ) as [tf.Tensor, tf.Tensor];
      expect(y.shape).toEqual(shape);
      expect(logSumExp.shape).toEqual([1, 2, 3]);
    });
  });

  it("never holds the scores of all queries", () => {
    const shape = [1, 1, 4096, 8];
    const [query, key, value] = [normal(rng, shape), normal(rng, shape), normal(rng, shape)];
    tf.tidy(() => {
      runKernel("Attention", { query, key, value, bias: normal(rng, []) }, { rate: 0, keys: [0, 0] });
    });
    // The whole matrix would be 64 MiB.
    expect(simdInfo().peakBytes).toBeLessThan(8 * 2 ** 20);
  });
});

function inputOf(tensor: tf.Tensor): Input {
  return { shape: tensor.shape, values: tensor.dataSync() as Float32Array, dtype: "float32" };
}
