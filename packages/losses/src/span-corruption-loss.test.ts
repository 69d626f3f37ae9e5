import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { languageModelLoss } from "./language-model-loss.js";
import { linearSpanCorruptionLoss, spanCorruptionLoss } from "./span-corruption-loss.js";

describeOnBackends("spanCorruptionLoss", () => {
  const makeLabels = () => tf.tensor2d([[5, 1, 4]], [1, 3], "int32"); // <0> token <1>, sentinels from the top

  it("costs sentinels and tokens alike, with a z-loss of 1e-4", () => {
    const logits = tf.zeros([1, 3, 6]);
    expectTensor(spanCorruptionLoss(logits, makeLabels()), [Math.log(6) + 1e-4 * Math.log(6) ** 2], 1e-6);
    expectTensor(spanCorruptionLoss(logits, makeLabels(), { zLoss: 0 }), [Math.log(6)], 1e-6);
  });

  it("is the language model loss on span corruption's labels", () => {
    const logits = randomNormal(createRng(1), [1, 3, 6]);
    expectTensor(
      spanCorruptionLoss(logits, makeLabels(), { normalizer: "sum" }),
      languageModelLoss(logits, makeLabels(), { normalizer: "sum", zLoss: 1e-4 }),
      0,
    );
    expectGradient(({ x }: { x: tf.Tensor }) => spanCorruptionLoss(x, makeLabels()), { x: logits });
  });

  it("is the same from hidden states and the output layer", () => {
    const [hidden, weight] = [randomNormal(createRng(2), [1, 3, 2]), randomNormal(createRng(3), [6, 2]) as tf.Tensor2D];
    const logits = tf.reshape(tf.matMul(tf.reshape(hidden, [3, 2]), weight, false, true), [1, 3, 6]);
    const expected = spanCorruptionLoss(logits, makeLabels());
    expectTensor(linearSpanCorruptionLoss(hidden, weight, makeLabels()), expected, 1e-6);
  });
});
