import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { matMul, matMulRows } from "../mat-mul.js";
import { randomNormal } from "../random-tensors.js";
import { valueAndGrad } from "../value-and-grad.js";

const random = (...shape: number[]): tf.Tensor => randomNormal(createRng(shape.length + 1), shape);
/** On a grid of 0.55, 0.65, …: away from the kinks and poles, at multiples of 0.1, that finite differences can't cross. */
const positive = (...shape: number[]): tf.Tensor =>
  tf.add(tf.div(tf.round(tf.mul(tf.abs(random(...shape)), 10)), 10), 0.55);

describeOnBackends("gradients", () => {
  const binary: [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor][] = [
    ["add", tf.add],
    ["sub", tf.sub],
    ["mul", tf.mul],
    ["div", tf.div],
    ["maximum", tf.maximum],
    ["minimum", tf.minimum],
    ["squaredDifference", tf.squaredDifference],
    ["pow", tf.pow],
  ];
  for (const [name, f] of binary) {
    it(`of ${name}, with broadcasting on both sides`, () => {
      const [a, b] = [positive(2, 1, 3), tf.add(positive(4, 1), 0.05)];
      expectGradient(([a, b]: [tf.Tensor, tf.Tensor]) => f(a, b), [a, b]);
    });
  }

  const unary: [string, (x: tf.Tensor) => tf.Tensor][] = [
    ["neg", tf.neg],
    ["abs", tf.abs],
    ["square", tf.square],
    ["sqrt", tf.sqrt],
    ["rsqrt", tf.rsqrt],
    ["reciprocal", tf.reciprocal],
    ["exp", tf.exp],
    ["log", tf.log],
    ["log1p", tf.log1p],
    ["sin", tf.sin],
    ["cos", tf.cos],
    ["tanh", tf.tanh],
    ["sigmoid", tf.sigmoid],
    ["softplus", tf.softplus],
    ["erf", tf.erf],
    ["relu", tf.relu],
    ["softmax", (x) => tf.softmax(x)],
    ["logSoftmax", (x) => tf.logSoftmax(x)],
    ["logSumExp", (x) => tf.logSumExp(x, -1)],
    ["sum over an inner axis", (x) => tf.sum(x, 1)],
    ["mean over negative axes", (x) => tf.mean(x, [-1, 0])],
    ["max", (x) => tf.max(x, -1, true)],
    ["cumsum", (x) => tf.cumsum(x, 1)],
    ["reshape", (x) => tf.reshape(x, [3, 8])],
    ["transpose", (x) => tf.transpose(x, [2, 0, 1])],
    ["slice", (x) => tf.slice(x, [0, 1, 1], [2, 2, -1])],
    [
      "pad",
      (x) =>
        tf.pad(x, [
          [0, 0],
          [1, 2],
          [3, 0],
        ]),
    ],
    ["tile", (x) => tf.tile(x, [1, 2, 3])],
    ["broadcastTo", (x) => tf.broadcastTo(tf.sum(x, 1, true), [2, 5, 4])],
    ["concat", (x) => tf.concat([x, tf.square(x)], -1)],
    ["split", (x) => tf.mul(...(tf.split(x, 2, 2) as [tf.Tensor, tf.Tensor]))],
    ["stack and unstack", (x) => tf.stack([...tf.unstack(x, 1).slice(1), tf.sum(x, 1)], 0)],
    ["clipByValue", (x) => tf.clipByValue(x, 0.7, 1.3)],
    ["gather with repeated indices", (x) => tf.gather(x, tf.tensor1d([1, 0, 1, 2], "int32"), 1)],
    ["where, with a condition of activations", (x) => tf.where(tf.greater(x, 0.9), tf.square(x), tf.neg(x))],
  ];
  for (const [name, f] of unary) {
    it(`of ${name}`, () => expectGradient(([x]: [tf.Tensor]) => f(x), [positive(2, 3, 4)]));
  }

  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`of batched products, transposeA ${transposeA}, transposeB ${transposeB}, with broadcast batches`, () => {
        const a = transposeA ? random(2, 1, 3, 5) : random(2, 1, 5, 3);
        const b = transposeB ? random(4, 2, 3) : random(4, 3, 2);
        expectGradient(([a, b]: [tf.Tensor, tf.Tensor]) => matMul(a, b, { transposeA, transposeB }), [a, b]);
      });
    }
  }

  it("of rows times a matrix, either way round", () => {
    expectGradient(
      ([x, w]: [tf.Tensor, tf.Tensor]) => matMulRows(x, w as tf.Tensor2D),
      [random(2, 3, 4), random(4, 5)],
    );
    expectGradient(
      ([x, w]: [tf.Tensor, tf.Tensor]) => matMulRows(x, w as tf.Tensor2D, true),
      [random(2, 3, 4), random(5, 4)],
    );
  });

  it("is zero for a parameter that the loss doesn't use", () => {
    const { value, grads } = valueAndGrad(
      ({ used }: { used: tf.Tensor; unused: tf.Tensor }) => tf.sum(used) as tf.Scalar,
    )({
      used: tf.ones([2]),
      unused: tf.ones([3]),
    });
    expect(value.dataSync()[0]).toBe(2);
    expect(Array.from(grads.unused.dataSync())).toEqual([0, 0, 0]);
  });

  it("leaves no tensor behind but value and gradients", () => {
    const params = { weight: random(3, 3) };
    const before = tf.memory().numTensors;
    const { value, grads } = valueAndGrad(
      (p: typeof params) => tf.mean(tf.tanh(tf.matMul(p.weight as tf.Tensor2D, p.weight as tf.Tensor2D))) as tf.Scalar,
    )(params);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([value, grads]);
  });
});
