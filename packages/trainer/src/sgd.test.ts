import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import { expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, it } from "vitest";
import { sgd } from "./sgd.js";
import { describeOptimizer } from "./testing/describe-optimizer.js";

describeOptimizer("sgd", (options) => sgd(options));
describeOptimizer("sgd, with momentum", (options) => sgd({ ...options, momentum: 0.5 }));

describe("sgd", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  it("goes on with a part of its last change", () => {
    const optimizer = sgd({ momentum: 0.5, weightDecay: 0.1, decays: () => true });
    let params: { weight: tf.Tensor } = { weight: tf.tensor1d([1]) };
    let state = optimizer.init(params);
    for (let step = 0; step < 2; step++) {
      const grads = { weight: tf.tensor1d([2]) };
      ({ params, state } = optimizer.update(grads, state, params, { step, learningRate: 0.1 }));
    }
    // 1 · 0.99 - 0.2 = 0.79, then 0.79 · 0.99 - 0.1 · (0.5 · 2 + 2)
    expectTensor(params.weight, [0.79 * 0.99 - 0.3], 1e-6);
  });
});
