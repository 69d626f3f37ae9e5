import type { TaskLayerConfig } from "@t5ts/layers";
import { createRng } from "@t5ts/random";
import { leaves, namedLeaves, valueAndGrad, withLeaves } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { listParameters } from "./checkpoint/parameters.js";
import { encode } from "./encoder.js";
import { classify, forward, targetCosts } from "./model.js";
import type { T5Model, T5Params } from "./params.js";
import { addClassifier, addTaskLayer } from "./task-layers.js";
import { ids, randomModel, TINY, VARIANTS } from "./testing/tiny-variants.js";

const makeBatch = () => ({
  inputIds: ids([[5, 8, 3, 11, 6, 1]]),
  decoderInputIds: ids([[0, 7, 2, 12]]),
  labels: ids([[7, 2, 12, 1]]),
});

const KINDS: TaskLayerConfig[] = [
  { kind: "identity" },
  { kind: "linear" },
  { kind: "adapter", dBottleneck: 4 },
  { kind: "block" },
];

describeOnBackends("addTaskLayer", () => {
  for (const layer of KINDS) {
    describe(`of the kind ${layer.kind}`, () => {
      for (const name of ["published, relu and a tied table", "described, merged attention and the mean of heads"]) {
        it(`answers as before, with or without the task: ${name}`, () => {
          const model = randomModel(VARIANTS[name]!);
          const before = forward(model, makeBatch());
          const extended = addTaskLayer(model, "tag", layer, createRng(1));
          expectTensor(forward(extended, makeBatch(), { task: "tag" }), before, 1e-5);
          expectTensor(forward(extended, makeBatch()), before, 0);
        });
      }

      it("shares all other parameters, and lists its own", () => {
        const model = randomModel(TINY);
        const extended = addTaskLayer(model, "tag", layer, createRng(1));
        const shared = new Set(leaves(model.params));
        const added = namedLeaves(extended.params).filter(([, leaf]) => !shared.has(leaf));
        expect(added.every(([path]) => path.startsWith("taskLayers.tag."))).toBe(true);
        expect(leaves(extended.params).length).toBe(shared.size + added.length);
        const listed = listParameters(extended.config).map(({ path }) => path);
        expect(listed.sort()).toEqual(
          namedLeaves(extended.params)
            .map(([path]) => path)
            .sort(),
        );
        expect(model.config.taskLayers).toEqual({});
      });

      if (layer.kind !== "identity") {
        it("trains alone: its own descent lowers the cost of its task, and of no other", () => {
          let model = addTaskLayer(randomModel(TINY), "tag", layer, createRng(1));
          const batch = makeBatch();
          const cost = (params: T5Params, task?: string): tf.Scalar =>
            tf.mean(targetCosts({ ...model, params }, batch, { task })) as tf.Scalar;
          const [tagged, plain] = [cost(model.params, "tag").dataSync()[0]!, cost(model.params).dataSync()[0]!];
          for (let step = 0; step < 4; step++) {
            const { grads } = valueAndGrad((params: T5Params) => cost(params, "tag"))(model.params);
            const byPath = new Map(namedLeaves(grads));
            const moved = namedLeaves(model.params).map(([path, leaf]) =>
              path.startsWith("taskLayers.tag.") ? tf.sub(leaf, tf.mul(0.1, byPath.get(path)!)) : leaf,
            );
            model = { ...model, params: withLeaves(model.params, moved) };
          }
          expect(cost(model.params, "tag").dataSync()[0]).toBeLessThan(tagged - 0.05);
          expect(cost(model.params).dataSync()[0]).toBe(plain);
        });
      }
    });
  }

  it("refuses a task that there is, and a name with a dot", () => {
    const model = randomModel(VARIANTS["task layers and classifiers"]!);
    const add = (task: string): T5Model => addTaskLayer(model, task, { kind: "linear" }, createRng(1));
    expect(() => add("tag")).toThrow('addTaskLayer: the model has a layer for "tag" already');
    expect(() => add("en.de")).toThrow('addTaskLayer: task: expected a name without dots, got "en.de"');
  });
});

describeOnBackends("addClassifier", () => {
  it("adds logits, and changes no answer", () => {
    const model = randomModel(TINY);
    const extended = addClassifier(model, "mood", { of: "sequence", numLabels: 3 }, createRng(1));
    expectTensor(forward(extended, makeBatch()), forward(model, makeBatch()), 0);
    expect(classify(extended, "mood", encode(extended, makeBatch())).shape).toEqual([1, 3]);
    expect(listParameters(extended.config).at(-1)).toMatchObject({ path: "classifiers.mood.weight", shape: [3, 8] });
    expect(model.config.classifiers).toEqual({});
  });

  it("refuses a name that there is, and one with a dot", () => {
    const model = randomModel(VARIANTS["task layers and classifiers"]!);
    const add = (name: string): T5Model => addClassifier(model, name, { of: "tokens", numLabels: 2 }, createRng(1));
    expect(() => add("entities")).toThrow('addClassifier: the model has a classifier "entities" already');
    expect(() => add("a.b")).toThrow('addClassifier: name: expected a name without dots, got "a.b"');
  });
});
