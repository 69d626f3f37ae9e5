import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { randomNormal } from "./random-tensors.js";
import { valueAndGrad } from "./value-and-grad.js";

type Two = { a: tf.Tensor; b: tf.Tensor };
const two = (): Two => ({ a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) });

describeOnBackends("valueAndGrad", () => {
  it("adds up what comes to a tensor on different ways, whatever their order", () => {
    // The two sides of a sum get one gradient, of which one goes on growing before the other is used.
    const loss = ({ a }: { a: tf.Tensor }): tf.Scalar => {
      const x = tf.square(a);
      const later = tf.tanh(x);
      const other = tf.sin(x);
      const sum = tf.add(later, x);
      return tf.add(tf.sum(tf.mul(sum, other)), tf.sum(tf.add(x, tf.add(sum, sum))));
    };
    expectGradient(loss, { a: randomNormal(createRng(1), [5], 0.5) });
  });

  it("gives each parameter a gradient of its own", () => {
    const { value, grads } = valueAndGrad(({ a, b }: Two) => tf.sum(tf.add(a, b)) as tf.Scalar)(two());
    grads.a.dispose();
    expectTensor(grads.b, [1, 1], 0);
    expectTensor(value, 10, 0);
  });

  it("gives zeros to a parameter that isn't used, and to one whose part isn't in the loss", () => {
    const { grads } = valueAndGrad(({ a, b }: Two) => {
      tf.square(b);
      return tf.sum(a) as tf.Scalar;
    })(two());
    expectTensor(grads.b, [0, 0], 0);
  });

  it("doesn't free what a gradient gives that isn't its own", () => {
    const { a, b } = two();
    const f = tf.customGrad((x) => ({ value: tf.mul(x as tf.Tensor, b), gradFunc: () => [b] }));
    const { grads } = valueAndGrad((x: tf.Tensor) => tf.sum(tf.add(f(f(x)), f(x))) as tf.Scalar)(a);
    expectTensor(b, [3, 4], 0);
    expectTensor(grads, [6, 8], 0);
  });

  it("has a gradient of its own", () => {
    const inner = (a: tf.Tensor): tf.Scalar => {
      const { value, grads } = valueAndGrad((x: tf.Tensor) => tf.sum(tf.mul(x, tf.square(x))) as tf.Scalar)(a);
      value.dispose();
      return tf.sum(grads) as tf.Scalar;
    };
    const { grads } = valueAndGrad(inner)(tf.tensor1d([1, 2]));
    expectTensor(grads, [6, 12], 1e-6); // of x³: 6 x
  });

  it("leaves no tensor behind, nor when the loss or a gradient throws", () => {
    const params = two();
    const before = tf.memory().numTensors;
    const run = (loss: (p: Two) => tf.Tensor) => valueAndGrad((p: Two) => loss(p) as tf.Scalar)(params);
    tf.dispose(run(({ a, b }) => tf.sum(tf.mul(tf.exp(a), tf.add(b, a)))));
    expect(tf.memory().numTensors).toBe(before);
    expect(() => run(({ a, b }) => tf.mul(a, b))).toThrow("valueAndGrad: expected a scalar loss, got shape [2]");
    expect(tf.memory().numTensors).toBe(before);
    const broken = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: () => {
        throw new Error("no gradient today");
      },
    }));
    expect(() => run(({ a, b }) => tf.sum(tf.mul(broken(tf.exp(a)), b)))).toThrow("no gradient today");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("names the operation whose gradient is missing or doesn't fit", () => {
    const ofWrongShape = tf.customGrad((x) => ({ value: tf.square(x as tf.Tensor), gradFunc: () => [tf.zeros([3])] }));
    expect(() => valueAndGrad((x: tf.Tensor) => tf.sum(ofWrongShape(x)) as tf.Scalar)(tf.ones([2]))).toThrow(
      /input 0: expected float32 \[2\], got float32 \[3\]/,
    );
    expect(() => valueAndGrad((x: tf.Tensor) => tf.sum(tf.cumprod(x)) as tf.Scalar)(tf.ones([2]))).toThrow(
      "gradient: Cumprod has none",
    );
  });

  it("frees activations and gradients as it goes back", () => {
    const weights = Array.from({ length: 8 }, (_, i) => randomNormal(createRng(i), [4, 4], 0.3));
    const x = randomNormal(createRng(9), [512, 4]);
    const atOnce: number[] = [];
    const look = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => {
        atOnce.push(tf.memory().numBytes);
        return [tf.clone(dy as tf.Tensor)];
      },
    }));
    const before = tf.memory().numBytes;
    const { value, grads } = valueAndGrad(
      (ws: tf.Tensor[]) =>
        tf.sum(ws.reduce((h, w) => look(tf.tanh(tf.matMul(h as tf.Tensor2D, w as tf.Tensor2D))), x)) as tf.Scalar,
    )(weights);
    tf.dispose([value, grads]);
    expect(atOnce.length).toBe(8);
    for (const [i, bytes] of atOnce.entries()) if (i > 0) expect(bytes).toBeLessThan(atOnce[i - 1]!);
    expect(tf.memory().numBytes).toBe(before);
  });
});
