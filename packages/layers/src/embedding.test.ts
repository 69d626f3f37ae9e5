import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { type EmbeddingParams, embed, initEmbedding, unembed } from "./embedding.js";

const weight = () =>
  tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

describeOnBackends("embed", () => {
  it("gives each id its row", () => {
    const x = embed(
      { weight: weight() },
      tf.tensor2d(
        [
          [2, 0],
          [2, 1],
        ],
        [2, 2],
        "int32",
      ),
    );
    expect(x.shape).toEqual([2, 2, 2]);
    expectTensor(x, [5, 6, 1, 2, 5, 6, 3, 4], 0);
  });

  it("maps rows through a perceptron where there is one", () => {
    const params: EmbeddingParams = {
      weight: weight(),
      mlp: {
        up: {
          weight: tf.tensor2d([
            [1, 0],
            [-1, 1],
            [0, -1],
          ]),
        },
        down: { weight: tf.tensor2d([[1, 10, 100]]) },
      },
    };
    // Row 2: relu([5, -5 + 6, -6]) = [5, 1, 0].
    const x = embed(params, tf.tensor2d([[2]], [1, 1], "int32"));
    expectTensor(x, [15], 0);
    expect(x.shape).toEqual([1, 1, 1]);
  });

  it("keeps the mean square of its rows through a new perceptron", () => {
    const sizes = { vocabSize: 300, dModel: 64, mlp: { dEmbedding: 48, dHidden: 96 } };
    const params = initEmbedding(createRng(0), sizes);
    const x = embed(params, tf.range(0, 300, 1, "int32"));
    expect(x.shape).toEqual([300, 64]);
    // The deviation over such networks is about 10%.
    expect(Math.abs(tf.mean(tf.square(x)).dataSync()[0]! - 1)).toBeLessThan(0.3);
    expect(Math.abs(tf.mean(tf.square(params.weight)).dataSync()[0]! - 1)).toBeLessThan(0.05);
  });

  it("has the gradients that finite differences give, summed over equal ids", () => {
    const rng = createRng(2);
    const ids = tf.tensor2d([[1, 0, 1]], [1, 3], "int32");
    expectGradient((params: EmbeddingParams) => embed(params, ids), {
      weight: randomNormal(rng, [3, 2]) as tf.Tensor2D,
    });
    // Away from relu's kink, where differences are of no use.
    const positive = (shape: number[]): tf.Tensor2D => tf.add(1, tf.abs(randomNormal(rng, shape))) as tf.Tensor2D;
    const mlp = { up: { weight: positive([3, 2]) }, down: { weight: positive([2, 3]) } };
    expectGradient((params: EmbeddingParams) => embed(params, ids), { weight: positive([3, 2]), mlp });
  });
});

describeOnBackends("unembed", () => {
  it("gives the product with every row", () => {
    const logits = unembed(
      { weight: weight() },
      tf.tensor3d([
        [
          [1, 0],
          [1, 1],
        ],
      ]),
    );
    expect(logits.shape).toEqual([1, 2, 3]);
    expectTensor(logits, [1, 3, 5, 3, 7, 11], 0);
  });

  it("refuses vectors of another width than the table's", () => {
    expect(() => unembed({ weight: weight() }, tf.zeros([1, 2, 3]))).toThrow(
      "unembed: x: expected [..., 2], got [1, 2, 3]",
    );
  });

  it("has the gradients that finite differences give", () => {
    const rng = createRng(2);
    const tree = { weight: randomNormal(rng, [4, 3]) as tf.Tensor2D, x: randomNormal(rng, [2, 2, 3]) };
    expectGradient(({ weight, x }: typeof tree) => unembed({ weight }, x), tree);
  });
});
