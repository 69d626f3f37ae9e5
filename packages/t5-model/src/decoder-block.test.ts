import { attend, feedForward, type KeyValue, projectKeyValue, rmsNorm } from "@t5ts/layers";
import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { decoderBlock } from "./decoder-block.js";
import { blockOptions } from "./pass.js";
import { randomModel, TINY, VARIANTS } from "./testing/tiny-variants.js";

const rng = createRng(2);
const random = (...shape: number[]): tf.Tensor => randomNormal(rng, shape);
const keyValue = (length: number): KeyValue => ({
  key: random(2, 2, length, 3) as tf.Tensor4D,
  value: random(2, 2, length, 3) as tf.Tensor4D,
});
const both = (a: KeyValue, b: KeyValue): KeyValue => ({
  key: tf.concat([a.key, b.key], 2),
  value: tf.concat([a.value, b.value], 2),
});

/** Two new positions after three earlier ones, four positions of the input. */
const makeContext = () => ({
  x: random(2, 2, 8),
  past: keyValue(3),
  cross: keyValue(4),
  selfBias: random(1, 2, 2, 5),
  crossBias: random(2, 1, 1, 4),
});

describeOnBackends("decoderBlock", () => {
  it("attends to itself, then to the input, then feeds forward, each normed before and added", () => {
    const { config, params } = randomModel(TINY);
    const block = params.decoder.blocks[0]!;
    const options = blockOptions(config, {}, { kind: "decoder", layer: 0 });
    const { x, ...context } = makeContext();
    const result = decoderBlock(block, x, context, options);

    const norm = (params: { weight: tf.Tensor1D }, x: tf.Tensor): tf.Tensor => rmsNorm(params, x, 1e-6);
    const h = norm(block.selfAttentionNorm, x);
    const self = both(context.past, projectKeyValue(block.selfAttention, h, 2));
    const a = tf.add(x, attend(block.selfAttention, h, self, context.selfBias, options));
    const seen = attend(
      block.crossAttention!,
      norm(block.crossAttentionNorm!, a),
      context.cross,
      context.crossBias,
      options,
    );
    const b = tf.add(a, seen);
    const expected = tf.add(b, feedForward(block.feedForward, norm(block.feedForwardNorm, b), options));
    expectTensor(result.x, expected, 1e-5);
    expectTensor(result.self.key, self.key, 1e-6);
    expectTensor(result.self.value, self.value, 1e-6);
  });

  it("gives the same for one position, which backends may do as a whole", () => {
    for (const name of ["published, relu and a tied table", "published, gated gelu and an output layer"]) {
      const { config, params } = randomModel(VARIANTS[name]!);
      const block = params.decoder.blocks[0]!;
      const { past, cross } = makeContext();
      const x = random(2, 1, 8);
      const [selfBias, crossBias] = [random(1, 2, 1, 4), random(2, 1, 1, 4)];
      const watched: tf.Tensor[] = [];
      const options = blockOptions(config, {}, { kind: "decoder", layer: 0 });
      const watching = { ...options, watch: (weights: tf.Tensor4D) => watched.push(weights) };
      for (const before of [past, undefined]) {
        const bias = before === undefined ? tf.slice(selfBias, [0, 0, 0, 0], [1, 2, 1, 1]) : selfBias;
        const context = { past: before, cross, selfBias: bias, crossBias };
        const step = decoderBlock(block, x, context, options);
        const expected = decoderBlock(block, x, context, watching);
        expectTensor(step.x, expected.x, 1e-5);
        expectTensor(step.self.key, expected.self.key, 1e-5);
        expectTensor(step.self.value, expected.self.value, 1e-5);
      }
      expect(watched.length).toBe(2);
      tf.dispose(watched);
    }
  });

  it("has a gradient for one position too", () => {
    // Gated, since relu has a kink that finite differences may cross.
    const { config, params } = randomModel(VARIANTS["published, gated gelu and an output layer"]!);
    const options = blockOptions(config, {}, { kind: "decoder", layer: 0 });
    const context = { cross: keyValue(4), selfBias: random(1, 2, 1, 1), crossBias: random(2, 1, 1, 4) };
    const run = ({ x }: { x: tf.Tensor }) => decoderBlock(params.decoder.blocks[0]!, x, context, options).x;
    expectGradient(run, { x: random(2, 1, 8) });
  });

  it("has one softmax over the input and its own past where attention is merged", () => {
    const { config, params } = randomModel(VARIANTS["described, merged attention and the mean of heads"]!);
    const block = params.decoder.blocks[0]!;
    expect(block.crossAttention).toBeUndefined();
    const options = blockOptions(config, {}, { kind: "merged", layer: 0 });
    const { x, ...context } = makeContext();
    const result = decoderBlock(block, x, context, options);

    const h = rmsNorm(block.selfAttentionNorm, x, 1e-6);
    const self = both(context.past, projectKeyValue(block.selfAttention, h, 2));
    const bias = tf.concat(
      [tf.broadcastTo(context.crossBias, [2, 2, 2, 4]), tf.broadcastTo(context.selfBias, [2, 2, 2, 5])],
      3,
    );
    const a = tf.add(x, attend(block.selfAttention, h, both(context.cross, self), bias, options));
    const expected = tf.add(a, feedForward(block.feedForward, rmsNorm(block.feedForwardNorm, a, 1e-6), options));
    expectTensor(result.x, expected, 1e-5);
    // What goes on is the decoder's own past, without the input.
    expect(result.self.key.shape).toEqual([2, 2, 5, 3]);
    expectTensor(result.self.key, self.key, 1e-6);
  });
});
