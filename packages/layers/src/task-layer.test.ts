import { createRng } from "@t5ts/random";
import { disposeTree, leaves, mapTree, randomNormal, valueAndGrad } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { paddingBias } from "./attention-bias.js";
import type { BlockOptions, BlockSize } from "./encoder-block.js";
import { initTaskLayer, type TaskLayerConfig, type TaskLayerParams, taskLayer } from "./task-layer.js";

const KINDS: [TaskLayerConfig, numTensors: number][] = [
  [{ kind: "identity" }, 0],
  [{ kind: "linear" }, 1],
  [{ kind: "adapter", dBottleneck: 3 }, 3],
  [{ kind: "block" }, 8],
];

const SIZE: BlockSize = { dModel: 6, numHeads: 2, dHead: 4, headMerge: "mean", dFf: 9, activation: "relu" };
const OPTIONS: BlockOptions = { ...SIZE, dropoutRate: 0.1, layerNormEpsilon: 1e-6 };

const makeInput = (): tf.Tensor => randomNormal(createRng(2), [2, 4, 6]);
const makeBias = (): tf.Tensor =>
  paddingBias(
    tf.tensor2d([
      [1, 1, 1, 1],
      [1, 1, 0, 0],
    ]),
  );

describeOnBackends("taskLayer", () => {
  for (const [config, numTensors] of KINDS) {
    describe(config.kind, () => {
      it("starts as the identity, with its own parameters and nothing beside them", () => {
        const before = tf.memory().numTensors;
        const params = initTaskLayer(createRng(1), config, SIZE);
        expect(leaves(params).length).toBe(numTensors);
        expect(tf.memory().numTensors).toBe(before + numTensors);
        const x = makeInput();
        expectTensor(taskLayer(params, x, makeBias(), OPTIONS), x, 1e-6);
        disposeTree(params);
      });

      if (numTensors > 0) {
        it("learns to give what is asked for", () => {
          const x = makeInput();
          const wanted = tf.mul(x, tf.tensor1d([2, 1, 0, -1, 1, 3]));
          const loss = (params: TaskLayerParams): tf.Scalar =>
            tf.mean(tf.squaredDifference(taskLayer(params, x, makeBias(), OPTIONS), wanted)) as tf.Scalar;
          let params = initTaskLayer(createRng(1), config, SIZE);
          const first = loss(params).dataSync()[0]!;
          for (let step = 0; step < 30; step++) {
            const { grads } = valueAndGrad(loss)(params);
            params = mapTree((leaf, grad) => tf.sub(leaf, tf.mul(0.3, grad!)), params, grads);
          }
          expect(loss(params).dataSync()[0]).toBeLessThan(0.8 * first);
        });
      }
    });
  }

  it("doesn't see padding where it attends", () => {
    const params = mapTree(
      (leaf) => tf.add(leaf, randomNormal(createRng(leaf.size), leaf.shape)),
      initTaskLayer(createRng(1), { kind: "block" }, SIZE),
    );
    const x = makeInput();
    const alone = taskLayer(params, tf.slice(x, [1, 0, 0], [1, 2, 6]), tf.zeros([1, 1, 1, 1]), OPTIONS);
    expectTensor(tf.slice(taskLayer(params, x, makeBias(), OPTIONS), [1, 0, 0], [1, 2, 6]), alone, 1e-4); // values reach 30
  });
});
