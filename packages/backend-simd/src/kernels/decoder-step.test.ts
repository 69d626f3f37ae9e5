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
import { describe, expect, it } from "vitest";
import { simdInfo } from "../index.js";
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
          if (!hasFusedKernel("GreedySteps")) {
            const [logits, ...keyValues] = composed(t, sizes) as [tf.Tensor, ...tf.Tensor[]];
            return [tf.expandDims(tf.argMax(logits, -1)), ...keyValues];
          }
          const quantized = runFusedKernel("QuantizeRows", { weight: t.head as tf.Tensor });
          const { x, ...others } = t as { x: tf.Tensor; [name: string]: tf.Tensor };
          const ids = tf.range(0, sizes.rows, 1, "int32");
          const embedding = tf.reshape(x, [sizes.rows, sizes.dModel]);
          const hasEnded = new Array(sizes.rows).fill(false);
          const bounds = { steps: 1, endToken: -1, hasEnded, milliseconds: 0 };
          const inputs = [ids, ...Object.values(others), ...quantized, embedding];
          return runFusedKernel("GreedySteps", inputs, { ...attributes, ...bounds });
        },
        inputsFor(sizes, isGated),
        1e-5 * sizes.layers,
      );
    }
    expect(tf.getBackend()).toBe("simd");
  });

  describe("GreedySteps", () => {
    const sizes = {
      layers: 2,
      vocab: 50,
      rows: 3,
      dModel: 24,
      heads: 2,
      depth: 8,
      dFf: 30,
      past: 2,
      spare: 9,
      input: 6,
    };
    const attributes = { numLayers: 2, numHeads: 2, epsilon: EPSILON, isGated: false };

    function tensorsFor(): { ids: tf.Tensor; rest: tf.Tensor[]; embedding: tf.Tensor; quantized: tf.Tensor[] } {
      const [, ...rest] = Object.values(inputsFor(sizes, false)).map(({ values, shape }) => tf.tensor(values, shape));
      const quantized = runFusedKernel("QuantizeRows", { weight: rest[2] as tf.Tensor });
      const embedding = tf.tensor(normal(rng, [50, 24]).values, [50, 24]);
      return { ids: tf.tensor([[7], [3], [11]], [3, 1], "int32"), rest, quantized, embedding };
    }

    /** @returns The tokens of each step, and the keys and values. */
    function run(
      { ids, rest, quantized, embedding }: ReturnType<typeof tensorsFor>,
      bounds: Record<string, unknown> = {},
    ): { tokens: number[][]; keyValues: tf.Tensor[] } {
      const inputs = [ids, ...rest, ...quantized, embedding];
      const all = { steps: 6, endToken: -1, hasEnded: [false, false, false], milliseconds: 1e4, ...bounds };
      const [tokens, ...keyValues] = runFusedKernel("GreedySteps", inputs, { ...attributes, hasPast: true, ...all });
      return { tokens: (tokens as tf.Tensor2D).arraySync(), keyValues };
    }

    it("goes on as steps one by one do", () => {
      tf.tidy(() => {
        const given = tensorsFor();
        const { tokens, keyValues } = run(given);
        expect(tokens).toHaveLength(6);
        let now = given;
        for (const expected of tokens) {
          const step = run(now, { steps: 1 });
          expect(step.tokens).toEqual([expected]);
          const rest = [...now.rest];
          // A layer's keys and values are the last two of its sixteen inputs.
          for (const [i, x] of step.keyValues.entries()) rest[3 + 16 * (i >> 1) + 14 + (i & 1)] = x;
          now = { ...now, rest, ids: tf.tensor(expected, [3, 1], "int32") };
        }
        const last = now.rest.slice(3).filter((_, i) => i % 16 >= 14);
        expect(keyValues.map((x) => x.arraySync())).toEqual(last.map((x) => x.arraySync()));
      });
    });

    it("ends when every row that is waited for has come to the end token, or the time is over", () => {
      tf.tidy(() => {
        const given = tensorsFor();
        const { tokens } = run(given);
        const endToken = tokens[2]?.[1] as number;
        const first = tokens.findIndex((row) => row[1] === endToken);
        expect(run(given, { endToken, hasEnded: [true, false, true] }).tokens).toEqual(tokens.slice(0, first + 1));
        expect(run(given, { milliseconds: 0 }).tokens).toEqual(tokens.slice(0, 1));
      });
    });

    it("leaves nothing behind but what it gives", () => {
      tf.tidy(() => {
        const given = tensorsFor();
        run(given);
        const { liveBytes } = simdInfo();
        const { keyValues } = run(given);
        const bytes = keyValues.reduce((sum, { size }) => sum + 4 * size, 0);
        expect(simdInfo().liveBytes - liveBytes - bytes).toBeLessThan(64 * (keyValues.length + 1) + 4 * 18);
      });
    });

    it("refuses a token that isn't one", () => {
      tf.tidy(() => {
        const ids = tf.tensor([[7], [50], [11]], [3, 1], "int32");
        expect(() => run({ ...tensorsFor(), ids })).toThrow(
          "GreedySteps: ids: expected integers from 0 to 49, got 50 at 1",
        );
      });
    });
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
