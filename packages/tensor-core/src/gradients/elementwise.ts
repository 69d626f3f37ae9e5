import * as tf from "@tensorflow/tfjs-core";
import type { GradientTable } from "./gradient-table.js";

/** From the input. */
const ofX = (derivative: (x: tf.Tensor, dy: tf.Tensor) => tf.Tensor): GradientTable[string] => ({
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => derivative(x!, dy as tf.Tensor) }),
});

/** From the output, where the derivative is cheaper to say with it. */
const ofY = (derivative: (y: tf.Tensor, dy: tf.Tensor) => tf.Tensor): GradientTable[string] => ({
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => derivative(y!, dy as tf.Tensor) }),
});

/** Steps: their derivative is 0 wherever it exists. */
const flat: GradientTable[string] = { gradFunc: (dy) => ({ x: () => tf.zerosLike(dy as tf.Tensor) }) };

export const elementwiseGradients: GradientTable = {
  Identity: { gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor) }) },
  // Between float types the derivative is 1; a gradient that reaches an integer stops there, which tfjs sees to.
  Cast: { gradFunc: (dy) => ({ x: () => tf.clone(dy as tf.Tensor) }) },
  Neg: { gradFunc: (dy) => ({ x: () => tf.neg(dy as tf.Tensor) }) },
  Abs: ofX((x, dy) => tf.mul(dy, tf.sign(x))),
  Square: ofX((x, dy) => tf.mul(dy, tf.mul(2, x))),
  Sqrt: ofY((y, dy) => tf.div(tf.mul(0.5, dy), y)),
  Rsqrt: ofY((y, dy) => tf.mul(tf.mul(-0.5, dy), tf.mul(y, tf.square(y)))),
  Reciprocal: ofY((y, dy) => tf.neg(tf.mul(dy, tf.square(y)))),
  Exp: ofY((y, dy) => tf.mul(dy, y)),
  Expm1: ofY((y, dy) => tf.mul(dy, tf.add(y, 1))),
  Log: ofX((x, dy) => tf.div(dy, x)),
  Log1p: ofX((x, dy) => tf.div(dy, tf.add(x, 1))),
  Sin: ofX((x, dy) => tf.mul(dy, tf.cos(x))),
  Cos: ofX((x, dy) => tf.neg(tf.mul(dy, tf.sin(x)))),
  Tanh: ofY((y, dy) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  Sigmoid: ofY((y, dy) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  Softplus: ofX((x, dy) => tf.mul(dy, tf.sigmoid(x))),
  Erf: ofX((x, dy) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  Relu: ofY((y, dy) => tf.mul(dy, tf.step(y))),
  ClipByValue: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { clipValueMin, clipValueMax } = attrs as unknown as { clipValueMin: number; clipValueMax: number };
      const inside = tf.logicalAnd(tf.greaterEqual(x!, clipValueMin), tf.lessEqual(x!, clipValueMax));
      return { x: () => tf.mul(dy as tf.Tensor, tf.cast(inside, "float32")) };
    },
  },
  Step: flat,
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,
  ZerosLike: flat,
  OnesLike: flat,
};
