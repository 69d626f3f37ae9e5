import { createRng } from "@t5ts/random";
import {
  attentionProduct,
  gatedGelu,
  hasFusedKernel,
  matMulRows,
  relu,
  rmsNorm,
  runFusedKernel,
} from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { describeConfigurations, expectLikeCpu, type Input, normal } from "./conformance.js";

const rng = createRng(22);
const EPSILON = 1e-6;

type Sizes = {
  layers: number;
  batch: number;
  length: number;
  dModel: number;
  heads: number;
  depth: number;
  dFf: number;
  bias: [batch: number, heads: number, queries: number];
};

/** In the kernel's order. */
function inputsFor(
  { layers, batch, length, dModel, heads, depth, dFf, bias }: Sizes,
  isGated: boolean,
): Record<string, Input> {
  const inner = heads * depth;
  const matrix = (dOut: number, dIn: number) => normal(rng, [dOut, dIn], dIn ** -0.5);
  const block = () => ({
    selfAttentionNorm: normal(rng, [dModel]),
    query: matrix(inner, dModel),
    key: matrix(inner, dModel),
    value: matrix(inner, dModel),
    output: matrix(dModel, inner),
    bias: normal(rng, [...bias, length]),
    feedForwardNorm: normal(rng, [dModel]),
    up: matrix(dFf, dModel),
    down: matrix(dModel, dFf),
    ...(isGated ? { gate: matrix(dFf, dModel) } : {}),
  });
  const blocks = Array.from({ length: layers }, (_, layer) =>
    Object.entries(block()).map(([name, input]) => [`${layer}.${name}`, input] as const),
  );
  return {
    x: normal(rng, [batch, length, dModel]),
    finalNorm: normal(rng, [dModel]),
    ...Object.fromEntries(blocks.flat()),
  };
}

/** The same of single operations. */
function composed(t: Record<string, tf.Tensor>, numLayers: number, numHeads: number): tf.Tensor[] {
  const at = (name: string): tf.Tensor => t[name] as tf.Tensor;
  const [batch, length] = at("x").shape as [number, number];
  const linear = (x: tf.Tensor, weight: string) => matMulRows(x, at(weight) as tf.Tensor2D, true);
  const norm = (x: tf.Tensor, weight: string) => rmsNorm(x, at(weight) as tf.Tensor1D, EPSILON);
  const split = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [batch, length, numHeads, -1]), [0, 2, 1, 3]);
  const merge = (x: tf.Tensor) => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, -1]);

  let x = at("x");
  for (let layer = 0; layer < numLayers; layer++) {
    const of = (name: string) => `${layer}.${name}`;
    let h = norm(x, of("selfAttentionNorm"));
    const [query, key, value] = ["query", "key", "value"].map((name) => split(linear(h, of(name)))) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const heads = attentionProduct({ query, key, value, bias: at(of("bias")) }, { dropoutRate: 0 });
    x = tf.add(x, linear(merge(heads), of("output")));
    h = norm(x, of("feedForwardNorm"));
    const isGated = t[of("gate")] !== undefined;
    const wide = isGated ? gatedGelu(linear(h, of("gate")), linear(h, of("up"))) : relu(linear(h, of("up")));
    x = tf.add(x, linear(wide, of("down")));
  }
  return [norm(x, "finalNorm")];
}

/** Compares the kernel `Encoder` with single operations. */
export function testEncoder(title: string): void {
  describeConfigurations(title, () => {
    it.each<Sizes>([
      { layers: 1, batch: 1, length: 1, dModel: 5, heads: 2, depth: 3, dFf: 7, bias: [1, 1, 1] },
      { layers: 2, batch: 1, length: 3, dModel: 64, heads: 4, depth: 16, dFf: 200, bias: [1, 4, 3] },
      { layers: 1, batch: 1, length: 9, dModel: 40, heads: 1, depth: 40, dFf: 7, bias: [1, 1, 1] },
      { layers: 2, batch: 1, length: 11, dModel: 24, heads: 2, depth: 12, dFf: 90, bias: [1, 2, 11] },
      { layers: 1, batch: 2, length: 5, dModel: 33, heads: 3, depth: 5, dFf: 50, bias: [2, 1, 1] },
      { layers: 3, batch: 1, length: 128, dModel: 128, heads: 4, depth: 32, dFf: 600, bias: [1, 4, 128] },
      { layers: 1, batch: 3, length: 17, dModel: 20, heads: 2, depth: 10, dFf: 530, bias: [3, 2, 17] },
      { layers: 15, batch: 2, length: 13, dModel: 96, heads: 2, depth: 40, dFf: 130, bias: [2, 2, 1] },
      { layers: 1, batch: 2, length: 130, dModel: 256, heads: 2, depth: 64, dFf: 512, bias: [1, 2, 1] },
      { layers: 1, batch: 9, length: 60, dModel: 40, heads: 2, depth: 20, dFf: 64, bias: [9, 1, 1] },
      { layers: 1, batch: 1, length: 150, dModel: 48, heads: 3, depth: 16, dFf: 96, bias: [1, 1, 150] },
    ])("does an encoder's blocks: %o", async (sizes) => {
      for (const isGated of [false, true]) {
        const attributes = { numLayers: sizes.layers, numHeads: sizes.heads, epsilon: EPSILON, isGated };
        await expectLikeCpu(
          (t) =>
            hasFusedKernel("Encoder")
              ? runFusedKernel("Encoder", Object.values(t), attributes)
              : composed(t, sizes.layers, sizes.heads),
          inputsFor(sizes, isGated),
          1e-5 * sizes.layers,
        );
      }
      expect(tf.getBackend()).toBe("simd");
    });
  });
}
