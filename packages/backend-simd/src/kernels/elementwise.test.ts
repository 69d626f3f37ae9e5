import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import {
  describeConfigurations,
  expectGradientLikeCpu,
  expectLikeCpu,
  type Input,
  integers,
  normal,
  SPECIAL,
} from "../testing/conformance.js";

const UNARY: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  abs: tf.abs,
  ceil: tf.ceil,
  clip: (x) => tf.clipByValue(x, -0.7, 1.2),
  erf: tf.erf,
  exp: tf.exp,
  floor: tf.floor,
  log: tf.log,
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  round: tf.round,
  rsqrt: tf.rsqrt,
  sigmoid: tf.sigmoid,
  sqrt: tf.sqrt,
  square: tf.square,
  tanh: tf.tanh,
};

const BINARY: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mul: tf.mul,
  pow: tf.pow,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
};

const COMPARISONS: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  equal: tf.equal,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  notEqual: tf.notEqual,
};

/** Equal shapes, scalars, the last axis, a column, the middle, both at once, nothing, more than merges. */
const SHAPES: [number[], number[]][] = [
  [[1], [1]],
  [[17], [17]],
  [[513], []],
  [[], [5]],
  [[3, 17], [17]],
  [
    [3, 17],
    [3, 1],
  ],
  [
    [5, 1],
    [1, 3],
  ],
  [
    [2, 3, 5, 4],
    [3, 1, 4],
  ],
  [
    [2, 1, 5, 1],
    [1, 3, 1, 7],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [3, 1, 3, 1, 3],
  ],
  [[0, 3], [3]],
  [
    [129, 513],
    [129, 513],
  ],
];

const rng = createRng(1);
const positive = (input: Input): Input => ({ ...input, values: input.values.map((x) => Math.abs(x) + 0.1) });

describeConfigurations("elementwise", () => {
  it.each(Object.entries(UNARY))("%s is what tfjs says, at every length and for NaN and infinity", async (name, f) => {
    const isOfPositives = ["log", "sqrt", "rsqrt"].includes(name);
    for (const shape of [[], [0], [1], [3], [5], [17], [513], [3, 5], [129, 513]]) {
      const x = normal(rng, shape, 2);
      await expectLikeCpu(({ x }) => f(x!), { x: isOfPositives ? positive(x) : x });
    }
    await expectLikeCpu(({ x }) => f(x!), { x: SPECIAL });
    await expectLikeCpu(({ x }) => f(tf.slice(x!, 3, 5)), { x: positive(normal(rng, [9])) });
  });

  it.each(Object.entries(BINARY))("%s broadcasts as tfjs says", async (name, f) => {
    for (const [a, b] of SHAPES) {
      const inputs = { a: normal(rng, a), b: normal(rng, b) };
      await expectLikeCpu(({ a, b }) => f(a!, b!), name === "pow" ? { ...inputs, a: positive(inputs.a) } : inputs);
    }
    await expectLikeCpu(({ a, b }) => f(tf.reshape(a!, [13, 1]), b!), { a: SPECIAL, b: SPECIAL });
  });

  it.each(["add", "maximum", "minimum", "mul", "sub"])("%s works on integers", async (name) => {
    const f = BINARY[name]!;
    for (const [a, b] of SHAPES) {
      const inputs = { a: integers(rng, a, -50_000, 50_000), b: integers(rng, b, -9, 9) };
      await expectLikeCpu(({ a, b }) => f(a!, b!), inputs, 0);
    }
  });

  it.each(Object.entries(COMPARISONS))("%s compares floats and integers", async (_, f) => {
    for (const [a, b] of SHAPES) {
      await expectLikeCpu(({ a, b }) => f(a!, b!), { a: integers(rng, a, 0, 3), b: integers(rng, b, 0, 3) }, 0);
      await expectLikeCpu(({ a, b }) => f(a!, b!), { a: normal(rng, a), b: normal(rng, b) }, 0);
    }
    await expectLikeCpu(({ a, b }) => f(tf.reshape(a!, [13, 1]), b!), { a: SPECIAL, b: SPECIAL }, 0);
  });

  it("combines truth values as tfjs says", async () => {
    for (const [a, b] of SHAPES) {
      const f = ({ a, b }: Record<string, tf.Tensor>) => {
        const [p, q] = [tf.greater(a!, 0), tf.less(b!, 0.5)];
        return [tf.logicalAnd(p, q), tf.logicalOr(p, q), tf.logicalNot(p), tf.logicalXor(p, q)];
      };
      await expectLikeCpu(f, { a: normal(rng, a), b: normal(rng, b) }, 0);
    }
  });

  it("selects, casts and fills as tfjs says", async () => {
    for (const shape of [[], [0], [1], [5], [17], [3, 513]]) {
      const inputs = { x: normal(rng, shape, 3), y: normal(rng, shape) };
      await expectLikeCpu(({ x, y }) => tf.where(tf.greater(x!, 0), x!, y!), inputs, 0);
      await expectLikeCpu(
        ({ x }) => [tf.cast(x!, "int32"), tf.cast(x!, "bool"), tf.onesLike(x!), tf.zerosLike(x!)],
        inputs,
        0,
      );
      await expectLikeCpu(({ x }) => tf.cast(tf.cast(x!, "bool"), "float32"), inputs, 0);
      await expectLikeCpu(
        ({ x }) => [tf.cast(x!, "float32"), tf.cast(x!, "bool")],
        { x: integers(rng, shape, -2, 3) },
        0,
      );
      await expectLikeCpu(() => [tf.fill(shape, 2.5), tf.fill(shape, -7, "int32"), tf.fill(shape, Number.NaN)], {}, 0);
    }
    const x = {
      ...SPECIAL,
      values: Float32Array.from([...SPECIAL.values, 3e9, -3e9, 2 ** 31, 5e18, 1e19]),
      shape: [18],
    };
    await expectLikeCpu(({ x }) => tf.cast(x!, "int32"), { x }, 0);
    await expectLikeCpu(({ x }) => tf.where(tf.less(x!, 1), x!, tf.mul(x!, 2)), { x: SPECIAL }, 0);
    await expectLikeCpu(({ x, y }) => tf.addN([x!, y!, x!]), { x: normal(rng, [5, 3]), y: normal(rng, [5, 3]) });
  });

  it("has the gradients of the CPU backend", async () => {
    for (const [a, b] of SHAPES.filter(([a]) => !a.includes(0)).slice(0, -1)) {
      const inputs = { a: normal(rng, a), b: positive(normal(rng, b)) };
      await expectGradientLikeCpu(
        ({ a, b }) => tf.div(tf.mul(a!, b!), tf.add(tf.square(b!), tf.sub(b!, a!))),
        inputs,
        1e-3,
      );
    }
    for (const name of ["exp", "tanh", "sigmoid", "relu", "square", "rsqrt", "sqrt", "log"]) {
      const f = UNARY[name]!;
      await expectGradientLikeCpu(({ x }) => f(x!), { x: positive(normal(rng, [3, 17])) });
    }
  });
});
