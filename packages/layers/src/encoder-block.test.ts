import { createRng } from "@t5ts/random";
import { randomNormal } from "@t5ts/tensor-core";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { attend, projectKeyValue } from "./attention.js";
import { paddingBias } from "./attention-bias.js";
import { type BlockOptions, type EncoderBlockParams, encoderBlock, initEncoderBlock } from "./encoder-block.js";
import { feedForward } from "./feed-forward.js";
import { rmsNorm } from "./rms-norm.js";

const SIZE = { dModel: 5, numHeads: 2, dHead: 2, headMerge: "concat", dFf: 3, activation: "gated-gelu" } as const;
const OPTIONS: BlockOptions = {
  numHeads: 2,
  headMerge: "concat",
  activation: "gated-gelu",
  dropoutRate: 0.2,
  layerNormEpsilon: 1e-6,
};

/** A block with norms that aren't 1. */
function makeBlock(): EncoderBlockParams {
  const rng = createRng(1);
  const block = initEncoderBlock(rng, SIZE);
  const norm = () => ({ weight: randomNormal(rng, [5]) as tf.Tensor1D });
  return { ...block, selfAttentionNorm: norm(), feedForwardNorm: norm() };
}

const makeInput = (...shape: number[]): tf.Tensor => randomNormal(createRng(2), shape);
const noBias = (): tf.Tensor => tf.zeros([1, 1, 1, 1]);

describeOnBackends("encoderBlock", () => {
  it("attends to itself and feeds forward, each normed before and added", () => {
    const params = makeBlock();
    const x = makeInput(2, 4, 5);
    const h = rmsNorm(params.selfAttentionNorm, x, 1e-6);
    const a = tf.add(
      x,
      attend(params.selfAttention, h, projectKeyValue(params.selfAttention, h, 2), noBias(), OPTIONS),
    );
    const expected = tf.add(a, feedForward(params.feedForward, rmsNorm(params.feedForwardNorm, a, 1e-6), OPTIONS));
    expectTensor(encoderBlock(params, x, noBias(), OPTIONS), expected, 1e-5);
  });

  it("gives a permuted sequence the permuted result: it knows places from the bias only", () => {
    const params = makeBlock();
    const x = makeInput(1, 4, 5);
    const order = tf.tensor1d([2, 0, 3, 1], "int32");
    const y = encoderBlock(params, x, noBias(), OPTIONS);
    expectTensor(encoderBlock(params, tf.gather(x, order, 1), noBias(), OPTIONS), tf.gather(y, order, 1), 1e-5);
  });

  it("doesn't see what the bias hides", () => {
    const params = makeBlock();
    const x = makeInput(1, 4, 5);
    const bias = paddingBias(tf.tensor2d([[1, 1, 1, 0]]));
    const short = encoderBlock(params, tf.slice(x, [0, 0, 0], [1, 3, 5]), noBias(), OPTIONS);
    expectTensor(tf.slice(encoderBlock(params, x, bias, OPTIONS), [0, 0, 0], [1, 3, 5]), short, 1e-5);
  });

  it("is the same for the same rng, and shows its weights to the watcher", () => {
    const params = makeBlock();
    const x = makeInput(1, 4, 5);
    const drop = (seed: number): unknown =>
      encoderBlock(params, x, noBias(), { ...OPTIONS, rng: createRng(seed) }).dataSync();
    expect(drop(1)).toEqual(drop(1));
    expect(drop(1)).not.toEqual(drop(2));
    const shapes: number[][] = [];
    encoderBlock(params, x, noBias(), { ...OPTIONS, watch: ({ shape }) => shapes.push(shape) });
    expect(shapes).toEqual([[1, 2, 4, 4]]);
  });

  it("has the gradients that finite differences give", () => {
    const tree = { params: makeBlock(), x: makeInput(1, 2, 5) };
    expectGradient(
      ({ params, x }: typeof tree) => encoderBlock(params, x, noBias(), { ...OPTIONS, rng: createRng(3) }),
      tree,
    );
  });
});
