import { disposeTree, leaves } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { type DecoderState, decode, startDecoding } from "./decoder.js";
import { encode } from "./encoder.js";
import type { T5Model } from "./params.js";
import { ids, randomModel, VARIANTS } from "./testing/tiny-variants.js";

const INPUT = [
  [5, 8, 3, 11, 6, 1],
  [9, 4, 1, 0, 0, 0],
];
const TARGET = [
  [0, 7, 2, 12, 4],
  [0, 3, 3, 10, 6],
];

const start = (model: T5Model): DecoderState => startDecoding(model, encode(model, { inputIds: ids(INPUT) }));

/** The logits of `TARGET` fed in pieces of these lengths. */
function inPieces(model: T5Model, lengths: number[]): tf.Tensor {
  let state = start(model);
  let at = 0;
  const pieces = lengths.map((length) => {
    const piece = ids(TARGET.map((row) => row.slice(at, at + length)));
    at += length;
    const next = decode(model, piece, state);
    state = next.state;
    return next.logits;
  });
  return tf.concat(pieces, 1);
}

describeOnBackends("decode", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    describe(name, () => {
      it("gives the same logits one token at a time as all at once", () => {
        const model = randomModel(config);
        const { logits } = decode(model, ids(TARGET), start(model));
        expect(logits.shape).toEqual([2, 5, config.vocabSize]);
        expectTensor(inPieces(model, [1, 1, 1, 1, 1]), logits, 1e-5);
        expectTensor(inPieces(model, [3, 2]), logits, 1e-4);
      });

      it("doesn't see the future", () => {
        const model = randomModel(config);
        const { logits } = decode(model, ids(TARGET), start(model));
        const changed = TARGET.map((row) => [...row.slice(0, 3), 9, 1]);
        const { logits: others } = decode(model, ids(changed), start(model));
        const before = (x: tf.Tensor): tf.Tensor => tf.slice(x, [0, 0, 0], [2, 3, config.vocabSize]);
        const after = (x: tf.Tensor): tf.Tensor => tf.slice(x, [0, 3, 0], [2, 2, config.vocabSize]);
        expectTensor(before(others), before(logits), 1e-5);
        expect(tf.max(tf.abs(tf.sub(after(others), after(logits)))).dataSync()[0]).toBeGreaterThan(0.01);
      });

      it("leaves the state it was given alive, and owns nothing beside what it returns", () => {
        const model = randomModel(config);
        const first = decode(model, ids(TARGET), start(model)).state;
        const token = ids([[4], [5]]);
        const again = decode(model, token, first).logits.dataSync();
        const alive = leaves(first).map(({ isDisposed }) => isDisposed);
        expect(alive).not.toContain(true);
        expect(decode(model, token, first).logits.dataSync()).toEqual(again);

        const before = tf.memory().numTensors;
        const next = tf.tidy(() => decode(model, token, first) as unknown as tf.TensorContainer);
        // Of the state only `self` is new: a key and a value each layer.
        expect(tf.memory().numTensors).toBe(before + 1 + 2 * config.numDecoderLayers);
        tf.dispose(next);
        disposeTree(first);
      });
    });
  }

  it("refuses ids that aren't rows of a batch", () => {
    const model = randomModel(VARIANTS["published, relu and a tied table"]!);
    const row = tf.tensor1d([0, 7], "int32") as unknown as tf.Tensor2D;
    expect(() => decode(model, row, start(model))).toThrow("decode: ids: expected [batch, length], got [2]");
  });
});
