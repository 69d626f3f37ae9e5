import { createRng } from "@t5ts/random";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { decode, startDecoding } from "./decoder.js";
import { encode } from "./encoder.js";
import { ids, randomModel, TINY, VARIANTS } from "./testing/tiny-variants.js";

const LONG = [5, 8, 3, 11, 6, 1];
const SHORT = [9, 4, 1];

/** `row` with padding of any ids behind it. */
const padded = (row: number[], filler: number): number[] => [
  ...row,
  ...new Array<number>(LONG.length - row.length).fill(filler),
];
const maskOf = (row: number[]): number[] => LONG.map((_, i) => (i < row.length ? 1 : 0));

describeOnBackends("encode", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    describe(name, () => {
      for (const task of [undefined, ...Object.keys(config.taskLayers)]) {
        it(`ignores padding in the input${task === undefined ? "" : ` on the task "${task}"`}`, () => {
          const model = randomModel(config);
          const alone = encode(model, { inputIds: ids([SHORT]) }, { task });
          const batch = encode(model, { inputIds: ids([LONG, padded(SHORT, 0)]) }, { task });
          const masked = encode(
            model,
            { inputIds: ids([LONG, padded(SHORT, 7)]), inputMask: ids([maskOf(LONG), maskOf(SHORT)]) },
            { task },
          );
          const target = [[0, 7, 2]];
          const { logits } = decode(model, ids(target), startDecoding(model, alone));
          for (const encoded of [batch, masked]) {
            const second = tf.slice(encoded.encoded, [1, 0, 0], [1, SHORT.length, config.dModel]);
            expectTensor(second, alone.encoded, 1e-5);
            const { logits: both } = decode(model, ids([...target, ...target]), startDecoding(model, encoded));
            expectTensor(tf.slice(both, [1, 0, 0], [1, 3, config.vocabSize]), logits, 1e-5);
          }
        });
      }

      it("is made of every token of the input", () => {
        const model = randomModel(config);
        const { encoded } = encode(model, { inputIds: ids([LONG]) });
        for (const position of LONG.keys()) {
          const changed = encode(model, { inputIds: ids([LONG.map((id, i) => (i === position ? 12 : id))]) });
          expect(tf.max(tf.abs(tf.sub(changed.encoded, encoded))).dataSync()[0]).toBeGreaterThan(1e-3);
        }
      });
    });
  }

  it("keeps the result and the mask, and nothing else, under `tidy`", () => {
    const model = randomModel(TINY);
    const inputIds = ids([LONG]);
    const before = tf.memory().numTensors;
    const encoded = tf.tidy(() => encode(model, { inputIds }) as unknown as tf.TensorContainer);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(encoded);
  });

  it("drops activations where there is an rng, the same ones for the same rng", () => {
    const model = randomModel(TINY);
    const inputs = { inputIds: ids([LONG]) };
    const { encoded } = encode(model, inputs);
    const once = encode(model, inputs, { rng: createRng(1) }).encoded.dataSync();
    expect(encode(model, inputs, { rng: createRng(1) }).encoded.dataSync()).toEqual(once);
    expect(encode(model, inputs, { rng: createRng(2) }).encoded.dataSync()).not.toEqual(once);
    expect(once).not.toEqual(encoded.dataSync());
    expect(once.includes(0)).toBe(true); // the last dropout's zeros
    expect(encoded.dataSync().includes(0)).toBe(false);
  });

  it("drops of the embedding and of the output, once each", () => {
    const { params } = randomModel({ ...TINY, numLayers: 1 });
    const [block] = params.encoder.blocks;
    const zero = <T extends { weight: tf.Tensor2D }>({ weight }: T) => ({ weight: tf.zerosLike(weight) });
    // Nothing is added between them.
    const silent = {
      ...block!,
      selfAttention: { ...block!.selfAttention, output: zero(block!.selfAttention.output) },
      feedForward: { ...block!.feedForward, down: zero(block!.feedForward.down) },
    };
    const model = {
      config: { ...TINY, dropoutRate: 0.5 },
      params: { ...params, encoder: { ...params.encoder, blocks: [silent] } },
    };
    const inputIds = ids([Array.from({ length: 400 }, (_, i) => 2 + (i % 11))]);
    const values = encode(model, { inputIds }, { rng: createRng(4) }).encoded.dataSync();
    const share = values.filter((value) => value === 0).length / values.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / 3200));
  });

  it("names the tasks that it has a layer for", () => {
    const model = randomModel(VARIANTS["task layers and classifiers"]!);
    const inputs = { inputIds: ids([LONG]) };
    expect(() => encode(model, inputs, { task: "sing" })).toThrow(
      'encode: task: expected one that the model has a layer for (translate, rank, summarize, tag), got "sing"',
    );
    expect(() => encode(model, inputs, { task: "constructor" })).toThrow('got "constructor"');
    expect(() => encode(randomModel(TINY), inputs, { task: "sing" })).toThrow("(none)");
  });

  it("refuses an empty input", () => {
    const inputIds = tf.zeros([2, 0], "int32") as tf.Tensor2D;
    expect(() => encode(randomModel(TINY), { inputIds })).toThrow(
      "encode: inputIds: expected at least one token, got [2, 0]",
    );
  });

  it("refuses a mask of another shape", () => {
    const model = randomModel(TINY);
    expect(() => encode(model, { inputIds: ids([LONG]), inputMask: ids([[1, 1]]) })).toThrow(
      "encode: inputMask: expected [1, 6], got [1, 2]",
    );
  });
});
