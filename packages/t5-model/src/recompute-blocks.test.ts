import { createRng } from "@t5ts/random";
import { leaves, tidy, valueAndGrad } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { targetCosts } from "./model.js";
import { initT5, type T5Params } from "./params.js";
import { DESCRIBED, T5_TINY } from "./presets.js";

const SMALL = { ...T5_TINY, vocabSize: 32, dModel: 16, dKv: 4, dFf: 32, dropoutRate: 0.2 };
const DIALECTS = {
  published: SMALL,
  described: { ...SMALL, ...DESCRIBED, embeddingMlp: { dEmbedding: 8, dHidden: 16 } },
};

describeOnBackends("recomputesBlocks", () => {
  for (const [name, config] of Object.entries(DIALECTS)) {
    it(`gives the same loss and gradients under dropout, with less kept: ${name}`, () => {
      const params = initT5(createRng(1), config);
      const ids = (length: number): tf.Tensor2D =>
        tf.tensor2d(
          Array.from({ length: 2 * length }, (_, i) => 3 + ((7 * i) % 29)),
          [2, length],
          "int32",
        );
      const batch = { inputIds: ids(12), decoderInputIds: ids(9), labels: ids(9) };
      const measured = (recomputesBlocks: boolean) => {
        let keptBytes = 0;
        const result = valueAndGrad((p: T5Params) => {
          const options = { rng: createRng(2), recomputesBlocks };
          const loss = tidy(() => tf.mean(targetCosts({ config, params: p }, batch, options)));
          keptBytes = tf.memory().numBytes;
          return loss as tf.Scalar;
        })(params);
        return { ...result, keptBytes };
      };
      const [plain, again] = [measured(false), measured(true)];
      expectTensor(again.value, plain.value, 0);
      const grads = leaves(plain.grads);
      for (const [i, grad] of leaves(again.grads).entries()) expectTensor(grad, grads[i] as tf.Tensor, 1e-6);
      expect(again.keptBytes).toBeLessThan(plain.keptBytes);
    });
  }
});
