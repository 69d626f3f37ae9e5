import { createRng, Rng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { dropout } from "./dropout.js";
import { randomNormal } from "./random-tensors.js";
import { recompute } from "./recompute.js";
import { valueAndGrad } from "./value-and-grad.js";

type Inputs = { x: tf.Tensor; weight: tf.Tensor };

const block = ({ x, weight }: Inputs): tf.Tensor =>
  tf.add(x, tf.tanh(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D)));

const stack = (run: (f: typeof block, inputs: Inputs) => tf.Tensor, x: tf.Tensor, weights: tf.Tensor[]): tf.Scalar =>
  tf.sum(tf.square(weights.reduce((h, weight) => run(block, { x: h, weight }), x)));

describeOnBackends("recompute", () => {
  it("gives the same value and the same gradients, in less memory", () => {
    const x = randomNormal(createRng(1), [64, 8]);
    const weights = Array.from({ length: 6 }, (_, i) => randomNormal(createRng(i + 2), [8, 8], 0.3));
    const peaks: number[] = [];
    const measured = (run: (f: typeof block, inputs: Inputs) => tf.Tensor) => {
      let peak = 0;
      const result = valueAndGrad((params: tf.Tensor[]) => {
        const loss = stack((f, inputs) => tf.tidy(() => run(f, inputs)), x, params);
        peak = tf.memory().numBytes;
        return loss;
      })(weights);
      peaks.push(peak);
      return result;
    };
    const plain = measured((f, inputs) => f(inputs));
    const again = measured(recompute);
    expectTensor(again.value, plain.value, 0);
    for (const [i, grad] of again.grads.entries()) expectTensor(grad, plain.grads[i] as tf.Tensor, 1e-6);
    expect(peaks[1]).toBeLessThan(peaks[0] as number);
  });

  it("has the gradients that finite differences give, one within another", () => {
    const inputs = { x: randomNormal(createRng(1), [3, 4]), weight: randomNormal(createRng(2), [4, 4]) };
    expectGradient((tree: Inputs) => recompute((outer) => recompute(block, outer), tree), inputs);
  });

  it("drops the same elements when it runs again", () => {
    const { seed, stream } = createRng(5).split();
    const f = ({ x }: { x: tf.Tensor }): tf.Tensor => dropout(tf.square(x), 0.5, new Rng(seed, stream));
    expectGradient((tree: { x: tf.Tensor }) => recompute(f, tree), { x: randomNormal(createRng(3), [20]) });
  });

  it("gives zeros to an input that isn't used, and leaves no tensor behind", () => {
    const params = { x: tf.ones([2]), weight: tf.ones([3]) };
    const before = tf.memory().numTensors;
    const { value, grads } = valueAndGrad((p: Inputs) => tf.sum(recompute(({ x }) => tf.square(x), p)) as tf.Scalar)(
      params,
    );
    expectTensor(grads.weight, [0, 0, 0], 0);
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
