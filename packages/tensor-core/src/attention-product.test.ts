import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { type AttentionInputs, attentionProduct } from "./attention-product.js";
import { randomNormal } from "./random-tensors.js";

const rng = createRng(4);
const inputs = (biasShape: number[]): AttentionInputs => ({
  query: randomNormal(rng, [2, 3, 4, 5]),
  key: randomNormal(rng, [2, 3, 6, 5]),
  value: randomNormal(rng, [2, 3, 6, 5]),
  bias: randomNormal(rng, biasShape),
});

describeOnBackends("attentionProduct", () => {
  it("weighs the values by the softmax of unscaled scores", () => {
    // Scores 1·1 + 0 and 1·0 + log 2: weights e / (e + 2) and 2 / (e + 2).
    const y = attentionProduct(
      {
        query: tf.tensor4d([[[[1]]]]),
        key: tf.tensor4d([[[[1], [0]]]]),
        value: tf.tensor4d([[[[10], [20]]]]),
        bias: tf.tensor4d([[[[0, Math.log(2)]]]]),
      },
      { dropoutRate: 0 },
    );
    expectTensor(y, [(10 * Math.E + 40) / (Math.E + 2)], 1e-5);
  });

  for (const biasShape of [
    [2, 3, 4, 6],
    [1, 3, 4, 6],
    [2, 1, 1, 6],
  ]) {
    it(`has the gradients that finite differences give, with a bias of [${biasShape}]`, () => {
      expectGradient((tree: AttentionInputs) => attentionProduct(tree, { dropoutRate: 0 }), inputs(biasShape));
    });
  }

  it("has the gradients that finite differences give under dropout", () => {
    const dropping = (tree: AttentionInputs): tf.Tensor =>
      attentionProduct(tree, { dropoutRate: 0.4, rng: createRng(8) });
    expectGradient(dropping, inputs([1, 3, 4, 6]));
  });

  it("spreads its weight evenly over a row that is masked throughout", () => {
    const { value, ...rest } = inputs([1, 1, 1, 6]);
    const y = attentionProduct(
      { ...rest, query: tf.zerosLike(rest.query), value, bias: tf.fill([1, 1, 1, 6], -1e9) },
      { dropoutRate: 0 },
    );
    expectTensor(y, tf.tile(tf.mean(value, 2, true), [1, 1, 4, 1]), 1e-5);
  });
});
