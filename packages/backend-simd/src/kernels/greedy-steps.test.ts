import { createRng } from "@t5ts/random";
import { runFusedKernel } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { describeConfigurations, normal } from "../testing/conformance.js";

const rng = createRng(23);
const ATTRIBUTES = { numLayers: 1, numHeads: 1, epsilon: 1e-6, isGated: false, hasPast: false };

/** The inputs of `DecoderStep` with one layer that adds nothing to x. */
function inputsFor(x: tf.Tensor, head: tf.Tensor): tf.Tensor[] {
  const [rows, , dModel] = x.shape as [number, number, number];
  const [norm, bias, matrix, heads] = [[dModel], [1], [1, dModel], [rows, 1, 1, 1]].map((shape) => tf.zeros(shape)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const output = tf.zeros([dModel, 1]);
  const selfAttention = [norm, matrix, matrix, matrix, output, bias];
  const crossAttention = [norm, matrix, output, heads, heads];
  return [x, bias, tf.ones([dModel]), head, ...selfAttention, ...crossAttention, norm, matrix, output];
}

function greedyTokens(x: tf.Tensor, head: tf.Tensor): number[] {
  return tf.tidy(() => {
    const [rows, , dModel] = x.shape as [number, number, number];
    const quantized = runFusedKernel("QuantizeRows", { weight: head });
    const ids = tf.range(0, rows, 1, "int32");
    const inputs = [ids, ...inputsFor(x, head).slice(1), ...quantized, tf.reshape(x, [rows, dModel])];
    const hasEnded = new Array(rows).fill(false);
    const bounds = { steps: 1, endToken: -1, hasEnded, milliseconds: 0 };
    const [tokens] = runFusedKernel("GreedySteps", inputs, { ...ATTRIBUTES, ...bounds });
    return Array.from((tokens as tf.Tensor).dataSync());
  });
}

/** Finds the best of all logits, or -1 where the largest isn't a finite number. */
function bestLogits(x: tf.Tensor, head: tf.Tensor): number[] {
  return tf.tidy(() => {
    const [logits] = runFusedKernel("DecoderStep", inputsFor(x, head), ATTRIBUTES);
    const rows = (logits as tf.Tensor2D).arraySync();
    return rows.map((row) => {
      const largest = row.reduce((a, b) => Math.max(a, b)); // NaN if one of them is
      return Number.isFinite(largest) ? row.indexOf(largest) : -1;
    });
  });
}

type Weight = (row: number, column: number) => number;

/** Weights that are hard to tell from each other, or to round. */
const HARD: Record<string, () => Weight> = {
  "one large value in each row": () => (_, column) => (column === 1 ? 1e4 : 1) * rng.normal(),
  "rows of very different sizes": () => (row) => 10 ** ((row % 9) - 4) * rng.normal(),
  "all rows equal": () => {
    const values = Array.from({ length: 600 }, () => rng.normal());
    return (_, column) => values[column]!;
  },
  "rows that differ by their last bit": () => {
    const values = Array.from({ length: 600 }, () => rng.normal());
    return (row, column) => values[column]! * (1 + (((row * 7) % 13) - 6) * 2 ** -23);
  },
  "every row twice, the later one first": () => {
    const values = new Map<string, number>();
    return (row, column) => {
      const key = `${row >> 1} ${column}`;
      if (!values.has(key)) values.set(key, rng.normal());
      return values.get(key)!;
    };
  },
  zeros: () => () => 0,
  "below the smallest that has 24 bits": () => () => 1e-42 * rng.normal(),
  "tiny ones": () => () => 1e-36 * rng.normal(),
  "small ones, whose squares have no 24 bits": () => () => 1e-21 * rng.normal(),
  "smaller ones, whose squares are 0": () => () => 1e-25 * rng.normal(),
  "huge ones": () => () => 1e37 * rng.normal(),
  "NaN among them": () => (row, column) => (row % 5 === 2 && column === 0 ? Number.NaN : rng.normal()),
  "NaN in the first row": () => (row) => (row === 0 ? Number.NaN : rng.normal()),
  "infinity among them": () => (row, column) => (row % 5 === 2 && column === 0 ? Infinity : rng.normal()),
  "minus infinity among them": () => (row, column) => (row % 5 === 2 && column === 0 ? -Infinity : rng.normal()),
};

const SIZES = [
  [1, 1],
  [3, 5],
  [4, 16],
  [31, 17],
  [1000, 64],
  [517, 513],
] as const;

function weights(vocab: number, dModel: number, weight: Weight): tf.Tensor {
  const values = Float32Array.from({ length: vocab * dModel }, (_, i) => weight(Math.floor(i / dModel), i % dModel));
  return tf.tensor(values, [vocab, dModel]);
}

describeConfigurations("GreedySteps", () => {
  it.each(SIZES)("finds the best of %i logits of %i products each", (vocab, dModel) => {
    for (let trial = 0; trial < 20; trial++) {
      tf.tidy(() => {
        const head = weights(vocab, dModel, () => rng.normal());
        const x = tf.tensor(normal(rng, [1, 1, dModel], 3).values, [1, 1, dModel]);
        expect(greedyTokens(x, head)).toEqual(bestLogits(x, head));
      });
    }
  });

  it.each(Object.entries(HARD))("finds the best of what is hard to tell apart: %s", (_, make) => {
    for (const [vocab, dModel] of SIZES) {
      tf.tidy(() => {
        const head = weights(vocab, dModel, make());
        for (const size of [0, 1e-27, 1e-20, 1, 1e20]) {
          const x = tf.tensor(normal(rng, [1, 1, dModel], size).values, [1, 1, dModel]);
          expect(greedyTokens(x, head), `[${vocab}, ${dModel}] · ${size}`).toEqual(bestLogits(x, head));
        }
      });
    }
  });

  it("finds the best where all roundings go one way: its codes say that another is", () => {
    tf.tidy(() => {
      const x = tf.ones([1, 1, 64]);
      // Steps are 1 in each row. The best, row 5, has codes of 10 for its 63 × 10.49; others have 30 × 11 and 33 × 10.
      const head = weights(40, 64, (row, column) => {
        if (column === 0) return 127;
        return row === 5 ? 10.49 : 10 + Number(column <= 30);
      });
      expect(greedyTokens(x, head)).toEqual([5]);
    });
  });

  it("finds none where x isn't a number", () => {
    tf.tidy(() => {
      const head = weights(100, 20, () => rng.normal());
      for (const value of [Number.NaN, Infinity]) {
        const x = tf.tensor([value, ...normal(rng, [19]).values], [1, 1, 20]);
        expect(greedyTokens(x, head)).toEqual([-1]);
        expect(bestLogits(x, head)).toEqual([-1]);
      }
    });
  });

  it("finds for each of several rows what it finds for it alone", () => {
    tf.tidy(() => {
      const head = weights(700, 96, () => rng.normal());
      for (const rows of [2, 5, 16]) {
        const x = tf.tensor(normal(rng, [rows, 1, 96]).values, [rows, 1, 96]);
        const alone = tf.split(x, rows).flatMap((row) => greedyTokens(row, head));
        expect(greedyTokens(x, head)).toEqual(alone);
      }
    });
  });

  it("has its codes by whole vectors, which miss each weight by half a step at most", () => {
    tf.tidy(() => {
      const head = weights(30, 21, () => rng.normal());
      const [codes, scales, errors] = runFusedKernel("QuantizeRows", { weight: head }).map((x) => x.dataSync());
      const bytes = new Int8Array((codes as Int32Array).slice().buffer);
      expect(bytes).toHaveLength(30 * 32);
      for (const [i, weight] of head.dataSync().entries()) {
        const row = Math.floor(i / 21);
        const miss = Math.abs(weight - scales![row]! * bytes[row * 32 + (i % 21)]!);
        expect(miss).toBeLessThanOrEqual(0.5001 * scales![row]!);
        expect(miss).toBeLessThan(errors![row]!);
      }
    });
  });
});
