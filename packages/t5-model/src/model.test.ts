import { createRng } from "@t5ts/random";
import { crossEntropy, leaves, mapTree, namedLeaves, valueAndGrad, withLeaves } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { encode } from "./encoder.js";
import { classify, forward, targetCosts } from "./model.js";
import type { T5Model, T5Params } from "./params.js";
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
  labels: ids([
    [7, 2, 12, 1],
    [3, 1, -100, -100],
  ]),
});

const WITH_TASKS = VARIANTS["task layers and classifiers"]!;

describeOnBackends("targetCosts", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`are the cross-entropy of the logits: ${name}`, () => {
      const model = randomModel(config);
      const batch = makeBatch();
      const options = { labelSmoothing: 0.1, zLoss: 1e-2 };
      const logits = tf.reshape(forward(model, batch), [-1, config.vocabSize]) as tf.Tensor2D;
      const expected = crossEntropy(logits, tf.reshape(batch.labels, [-1]) as tf.Tensor1D, options);
      const costs = targetCosts(model, batch, options);
      expect(costs.shape).toEqual([2, 4]);
      expectTensor(costs, expected, 1e-5);
      expect(costs.dataSync().slice(6)).toEqual(new Float32Array(2));
    });
  }

  it("pass the input through the layer of the task", () => {
    const model = randomModel(WITH_TASKS);
    const batch = makeBatch();
    const [none, identity, adapter] = [undefined, "translate", "summarize"].map((task) =>
      targetCosts(model, batch, { task }).dataSync(),
    );
    expect(identity).toEqual(none);
    expect(adapter).not.toEqual(none);
  });

  // One layer each, with gated GELU and no perceptron: differences across a kink of relu are of no use.
  const small = {
    vocabSize: 6,
    numLayers: 1,
    numDecoderLayers: 1,
    feedForwardProj: "gated-gelu",
    embeddingMlp: undefined,
  } as const;
  for (const { what, config, paths } of [
    { what: "a tied table", config: { ...TINY, ...small }, paths: ["embedding.weight"] },
    {
      what: "relative biases and cross-attention",
      config: { ...TINY, ...small },
      paths: [
        "encoder.positionBias.0.weight",
        "decoder.positionBias.0.weight",
        "decoder.blocks.0.crossAttention.key.weight",
      ],
    },
    {
      what: "weighted sinusoids and merged attention",
      config: { ...VARIANTS["described, merged attention and the mean of heads"]!, ...small },
      paths: ["encoder.positions.weight", "decoder.positions.weight", "decoder.blocks.0.selfAttention.key.weight"],
    },
  ]) {
    it(`have the gradients that finite differences give: ${what}`, () => {
      const { params } = randomModel(config);
      const batch = {
        inputIds: ids([
          [5, 3, 1],
          [4, 1, 0],
        ]),
        decoderInputIds: ids([
          [0, 2, 5],
          [0, 3, 1],
        ]),
        labels: ids([
          [2, 5, 1],
          [3, 1, -100],
        ]),
      };
      const all = new Map(namedLeaves(params));
      const few = Object.fromEntries(paths.map((path) => [path, all.get(path)!]));
      const costs = (moved: typeof few): tf.Tensor => {
        const leaves = [...all].map(([path, leaf]) => moved[path] ?? leaf);
        return targetCosts({ config, params: withLeaves(params, leaves) }, batch, { zLoss: 1e-3 });
      };
      expectGradient(costs, few, { step: 5e-3 });
    });
  }
});

describeOnBackends("the gradient of a T5", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`reaches every parameter: ${name}`, () => {
      const model = randomModel(config);
      const batch = makeBatch();
      const tasks = Object.keys(config.taskLayers);
      // Every task and every classifier in one loss, as in joint training.
      const loss = (params: T5Params): tf.Scalar => {
        const now: T5Model = { config, params };
        const costs = [undefined, ...tasks].map((task) => tf.sum(targetCosts(now, batch, { task })));
        const classes = Object.keys(config.classifiers).map((name) =>
          tf.sum(tf.square(classify(now, name, encode(now, batch)))),
        );
        return tf.addN([...costs, ...classes]) as tf.Scalar;
      };
      const { value, grads } = tf.tidy(
        () => valueAndGrad(loss)(model.params) as unknown as tf.TensorContainer,
      ) as unknown as {
        value: tf.Scalar;
        grads: T5Params;
      };
      for (const [path, grad] of namedLeaves(grads)) {
        expect(tf.max(tf.abs(grad)).dataSync()[0], path).toBeGreaterThan(1e-6);
      }
      expect(leaves(grads).map(({ shape }) => shape)).toEqual(leaves(model.params).map(({ shape }) => shape));
      value.dispose();
    });
  }

  it("is the same whether the loop over blocks tidies or not: nothing that the tape needs is freed", () => {
    const model = randomModel(TINY);
    const batch = makeBatch();
    const loss = (params: T5Params): tf.Scalar =>
      tf.sum(targetCosts({ ...model, params }, batch, { rng: createRng(3) })) as tf.Scalar;
    const inside = tf.tidy(() => valueAndGrad(loss)(model.params).grads as unknown as tf.TensorContainer);
    const outside = valueAndGrad(loss)(model.params).grads;
    mapTree(
      (a, b) => {
        expectTensor(a, b, 1e-6);
        return a;
      },
      inside as unknown as T5Params,
      outside,
    );
  });
});

describeOnBackends("classify", () => {
  it("reads the first position of a sequence, or every token", () => {
    const model = randomModel(WITH_TASKS);
    const encoded = encode(model, makeBatch());
    const { nextSentence, entities } = model.params.classifiers as Record<string, { weight: tf.Tensor2D }>;
    const first = tf.reshape(tf.slice(encoded.encoded, [0, 0, 0], [2, 1, 8]), [2, 8]) as tf.Tensor2D;
    expectTensor(classify(model, "nextSentence", encoded), tf.matMul(first, nextSentence!.weight, false, true), 1e-5);
    const rows = tf.reshape(encoded.encoded, [12, 8]) as tf.Tensor2D;
    const tokens = classify(model, "entities", encoded);
    expect(tokens.shape).toEqual([2, 6, 4]);
    expectTensor(tokens, tf.matMul(rows, entities!.weight, false, true), 1e-5);
  });

  it("names the classifiers that there are", () => {
    const model = randomModel(WITH_TASKS);
    expect(() => classify(model, "mood", encode(model, makeBatch()))).toThrow(
      'classify: name: expected a classifier of the model (nextSentence, entities), got "mood"',
    );
  });
});
