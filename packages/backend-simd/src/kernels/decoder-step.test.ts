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
import { describeConfigurations, expectLikeCpu, type Input, normal, runKernel } from "../testing/conformance.js";

const rng = createRng(21);
const EPSILON = 1e-6;

type Sizes = {
  layers: number;
  rows: number;
  dModel: number;
  heads: number;
  depth: number;
  dFf: number;
  past: number;
  /** How much longer the self-bias is than it must be. */
  spare: number;
  input: number;
  vocab: number;
};

/** In the kernel's order. */
function inputsFor(
  { layers, vocab, rows, dModel, heads, depth, dFf, past, spare, input }: Sizes,
  isGated: boolean,
): Record<string, Input> {
  const inner = heads * depth;
  const matrix = (dOut: number, dIn: number) => normal(rng, [dOut, dIn], dIn ** -0.5);
  const pastShape = [rows, heads, past, depth];
  const crossShape = [rows, heads, input, depth];
  const block = () => ({
    selfAttentionNorm: normal(rng, [dModel]),
    query: matrix(inner, dModel),
    key: matrix(inner, dModel),
    value: matrix(inner, dModel),
    output: matrix(dModel, inner),
    selfBias: normal(rng, [1, heads, 1, past + 1 + spare]),
    crossAttentionNorm: normal(rng, [dModel]),
    crossQuery: matrix(inner, dModel),
    crossOutput: matrix(dModel, inner),
    crossKey: normal(rng, crossShape),
    crossValue: normal(rng, crossShape),
    feedForwardNorm: normal(rng, [dModel]),
    up: matrix(dFf, dModel),
    down: matrix(dModel, dFf),
    ...(isGated ? { gate: matrix(dFf, dModel) } : {}),
    ...(past === 0 ? {} : { pastKey: normal(rng, pastShape), pastValue: normal(rng, pastShape) }),
  });
  const blocks = Array.from({ length: layers }, (_, layer) =>
    Object.entries(block()).map(([name, input]) => [`${layer}.${name}`, input] as const),
  );
  return {
    x: normal(rng, [rows, 1, dModel]),
    crossBias: normal(rng, [rows, 1, 1, input]),
    finalNorm: normal(rng, [dModel]),
    head: matrix(vocab, dModel),
    ...Object.fromEntries(blocks.flat()),
  };
}

/** The same of single operations. */
function composed(t: Record<string, tf.Tensor>, { layers, heads: numHeads, spare }: Sizes): tf.Tensor[] {
  const at = (name: string): tf.Tensor => t[name] as tf.Tensor;
  const rows = at("x").shape[0] as number;
  const linear = (x: tf.Tensor, weight: string) => matMulRows(x, at(weight) as tf.Tensor2D, true);
  const norm = (x: tf.Tensor, weight: string) => rmsNorm(x, at(weight) as tf.Tensor1D, EPSILON);
  const split = (x: tf.Tensor) => tf.reshape(x, [rows, numHeads, 1, -1]);
  const attend = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, bias: tf.Tensor) =>
    tf.reshape(attentionProduct({ query: split(query), key, value, bias }, { dropoutRate: 0 }), [rows, 1, -1]);
  const append = (past: tf.Tensor | undefined, x: tf.Tensor) => (past ? tf.concat([past, split(x)], 2) : split(x));

  let x = at("x");
  const keyValues: tf.Tensor[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const of = (name: string) => `${layer}.${name}`;
    let h = norm(x, of("selfAttentionNorm"));
    const key = append(t[of("pastKey")], linear(h, of("key")));
    const value = append(t[of("pastValue")], linear(h, of("value")));
    keyValues.push(key, value);
    const bias = tf.slice(at(of("selfBias")), [0, 0, 0, spare]);
    x = tf.add(x, linear(attend(linear(h, of("query")), key, value, bias), of("output")));
    h = norm(x, of("crossAttentionNorm"));
    const seen = attend(linear(h, of("crossQuery")), at(of("crossKey")), at(of("crossValue")), at("crossBias"));
    x = tf.add(x, linear(seen, of("crossOutput")));
    h = norm(x, of("feedForwardNorm"));
    const isGated = t[of("gate")] !== undefined;
    const wide = isGated ? gatedGelu(linear(h, of("gate")), linear(h, of("up"))) : relu(linear(h, of("up")));
    x = tf.add(x, linear(wide, of("down")));
  }
  return [tf.reshape(linear(norm(x, "finalNorm"), "head"), [rows, -1]), ...keyValues];
}

describeConfigurations("DecoderStep", () => {
  it.each([
    { layers: 1, vocab: 3, rows: 1, dModel: 5, heads: 2, depth: 3, dFf: 7, past: 0, spare: 0, input: 4 },
    { layers: 2, vocab: 100, rows: 1, dModel: 64, heads: 4, depth: 16, dFf: 200, past: 3, spare: 7, input: 17 },
    { layers: 1, vocab: 7, rows: 2, dModel: 33, heads: 3, depth: 5, dFf: 50, past: 1, spare: 1, input: 1 },
    { layers: 3, vocab: 900, rows: 4, dModel: 128, heads: 4, depth: 32, dFf: 600, past: 31, spare: 0, input: 128 },
    { layers: 1, vocab: 31, rows: 16, dModel: 20, heads: 2, depth: 10, dFf: 530, past: 2, spare: 60, input: 5 },
    { layers: 14, vocab: 64, rows: 7, dModel: 96, heads: 2, depth: 40, dFf: 130, past: 9, spare: 3, input: 13 },
  ])("does a decoder and its output layer for one position: %o", async (sizes) => {
    for (const isGated of [false, true]) {
      const attributes = {
        numLayers: sizes.layers,
        numHeads: sizes.heads,
        epsilon: EPSILON,
        isGated,
        hasPast: sizes.past > 0,
      };
      await expectLikeCpu(
        (t) =>
          hasFusedKernel("DecoderStep")
            ? runFusedKernel("DecoderStep", Object.values(t), attributes)
            : composed(t, sizes),
        inputsFor(sizes, isGated),
        1e-5 * sizes.layers,
      );
      await expectLikeCpu(
        (t) => {
          if (!hasFusedKernel("GreedyStep")) {
            const [logits, ...keyValues] = composed(t, sizes) as [tf.Tensor, ...tf.Tensor[]];
            return [tf.argMax(logits, -1), ...keyValues];
          }
          const quantized = runFusedKernel("QuantizeRows", { weight: t.head as tf.Tensor });
          return runFusedKernel("GreedyStep", [...Object.values(t), ...quantized], attributes);
        },
        inputsFor(sizes, isGated),
        1e-5 * sizes.layers,
      );
    }
    expect(tf.getBackend()).toBe("simd");
  });

  it("refuses more rows than it takes", () => {
    const inputs = inputsFor(
      { layers: 1, rows: 17, dModel: 4, heads: 1, depth: 2, dFf: 3, past: 0, spare: 0, input: 1, vocab: 2 },
      false,
    );
    const run = () => runKernel("DecoderStep", inputs, { numLayers: 1, numHeads: 1, epsilon: EPSILON });
    expect(() => tf.tidy(run)).toThrow("DecoderStep: x: expected at most 16 rows, got [17, 1, 4]");
  });
});
