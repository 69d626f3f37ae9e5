import { disposeTree } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { attentionMaps } from "./attention-maps.js";
import { forward } from "./model.js";
import { ids, randomModel, TINY, VARIANTS } from "./testing/tiny-variants.js";

const makeBatch = () => ({
  inputIds: ids([
    [5, 8, 3, 11, 6, 1],
    [9, 4, 1, 0, 0, 0],
  ]),
  decoderInputIds: ids([
    [0, 7, 2, 12],
    [0, 3, 1, 0],
  ]),
});

const only = (x: tf.Tensor, begin: number[], size: number[]): tf.Tensor => tf.slice(x, begin, size);

describeOnBackends("attentionMaps", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`are every layer's weights, which sum to 1: ${name}`, () => {
      const model = randomModel(config);
      const batch = makeBatch();
      const before = tf.memory().numTensors;
      const maps = attentionMaps(model, batch);
      const isMerged = config.decoderAttention === "merged";
      const lengths = Object.fromEntries(Object.entries(maps).map(([kind, layers]) => [kind, layers.length]));
      expect(lengths).toEqual({
        encoder: 2,
        task: 0,
        decoder: isMerged ? 0 : 3,
        cross: isMerged ? 0 : 3,
        merged: isMerged ? 3 : 0,
      });
      expect(tf.memory().numTensors).toBe(before + (isMerged ? 5 : 8));

      tf.tidy(() => {
        for (const [kind, [queryLength, keyLength]] of [
          ["encoder", [6, 6]],
          ["decoder", [4, 4]],
          ["cross", [4, 6]],
          ["merged", [4, 6 + 4]],
        ] as const) {
          for (const weights of maps[kind]) {
            expect(weights.shape).toEqual([2, 2, queryLength, keyLength]);
            expectTensor(tf.sum(weights, -1), tf.ones([2, 2, queryLength]), 1e-5);
            // The second input has three tokens, which don't see its padding; decoder tokens don't see later ones.
            const unseen: tf.Tensor[] = [];
            if (kind !== "decoder") unseen.push(only(weights, [1, 0, 0, 3], [1, 2, 3, 3]));
            if (kind === "decoder") unseen.push(only(weights, [0, 0, 1, 2], [2, 2, 1, 2]));
            if (kind === "merged") unseen.push(only(weights, [0, 0, 1, 8], [2, 2, 1, 2]));
            for (const weights of unseen) expectTensor(weights, tf.zeros(weights.shape), 0);
          }
        }
      });
      disposeTree(maps);
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it("shows the block of a task as well", () => {
    const model = randomModel(VARIANTS["task layers and classifiers"]!);
    const maps = attentionMaps(model, makeBatch(), "tag");
    expect(maps.task.map(({ shape }) => shape)).toEqual([[2, 2, 6, 6]]);
    expect(attentionMaps(model, makeBatch(), "summarize").task).toEqual([]);
    disposeTree(maps);
  });

  it("lets each head see its part of the input, by the input's own length", () => {
    const maps = attentionMaps(randomModel(VARIANTS["heads that see a part each"]!), makeBatch());
    const [first] = maps.encoder;
    const seen = (head: number, begin: number, size: number): tf.Tensor =>
      only(first!, [0, head, 0, begin], [1, 1, 6, size]);
    expectTensor(tf.sum(seen(0, 0, 3), -1), tf.ones([6]), 1e-5); // 6 tokens, two heads
    expectTensor(tf.sum(seen(1, 3, 3), -1), tf.ones([6]), 1e-5);
    // 3 tokens: the first head sees one, the second two, where floor(3 / 2) = 1 is the border.
    expectTensor(only(first!, [1, 0, 0, 0], [1, 1, 6, 1]), tf.ones([6]), 1e-5);
    expectTensor(tf.sum(only(first!, [1, 1, 0, 1], [1, 1, 6, 2]), -1), tf.ones([6]), 1e-5);
  });

  it("keeps nothing when the pass fails", () => {
    const model = randomModel(TINY);
    const wide = tf.zeros([4, 4]) as tf.Tensor2D;
    const [first, ...others] = model.params.decoder.blocks;
    const broken = {
      ...model,
      params: {
        ...model.params,
        decoder: {
          ...model.params.decoder,
          blocks: [...others, { ...first!, feedForward: { up: { weight: wide }, down: { weight: wide } } }],
        },
      },
    };
    const batch = makeBatch();
    const before = tf.memory().numTensors;
    expect(() => attentionMaps(broken, batch)).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("watching changes nothing in the logits", () => {
    const model = randomModel(TINY);
    const plain = forward(model, makeBatch());
    const watched = forward(model, makeBatch(), { watch: (_, weights) => weights.dispose() });
    // A few roundings apart: a fused kernel, which keeps no weights, adds up in another order.
    expectTensor(watched, plain, 3e-6);
  });
});
