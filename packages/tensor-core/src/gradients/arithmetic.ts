import * as tf from "@tensorflow/tfjs-core";
import type { GradientTable } from "./gradient-table.js";

/** Sums a gradient over the axes along which an operand of `shape` was broadcast. */
export function sumToShape(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const extra = dy.rank - shape.length;
  const axes = dy.shape.map((_, axis) => axis).filter((axis) => axis < extra || shape[axis - extra] !== dy.shape[axis]);
  return axes.length === 0 ? dy : tf.reshape(tf.sum(dy, axes), shape);
}

/** A gradient for a binary operation from the derivatives with respect to its two operands. */
function binary(
  da: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  db: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
): GradientTable[string] {
  return {
    inputsToSave: ["a", "b"],
    gradFunc: (dy, [a, b]) => ({
      a: () => sumToShape(da(dy as tf.Tensor, a!, b!), a!.shape),
      b: () => sumToShape(db(dy as tf.Tensor, a!, b!), b!.shape),
    }),
  };
}

const whole = (dy: tf.Tensor): tf.Tensor => dy;
const nothing = (dy: tf.Tensor): tf.Tensor => tf.zerosLike(dy);

/** dy where the condition holds, 0 elsewhere. */
const where = (condition: tf.Tensor, dy: tf.Tensor): tf.Tensor => tf.mul(dy, tf.cast(condition, "float32"));

export const arithmeticGradients: GradientTable = {
  Add: binary(whole, whole),
  Sub: binary(whole, (dy) => tf.neg(dy)),
  Multiply: binary(
    (dy, _a, b) => tf.mul(dy, b),
    (dy, a) => tf.mul(dy, a),
  ),
  RealDiv: binary(
    (dy, _a, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ),
  Maximum: binary(
    (dy, a, b) => where(tf.greaterEqual(a, b), dy),
    (dy, a, b) => where(tf.less(a, b), dy),
  ),
  Minimum: binary(
    (dy, a, b) => where(tf.lessEqual(a, b), dy),
    (dy, a, b) => where(tf.greater(a, b), dy),
  ),
  SquaredDifference: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  Pow: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    // The derivative with respect to the exponent of a base that isn't positive isn't a number; like tfjs, we take 0.
    (dy, a, b) => tf.mul(dy, tf.mul(tf.pow(a, b), tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a)))),
  ),
  AddN: {
    saveAllInputs: true,
    gradFunc: (dy, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => tf.clone(dy as tf.Tensor)])),
  },
  // tfjs has no gradients for these, and a mask made of activations would stop the backward pass with an error.
  Greater: binary(nothing, nothing),
  GreaterEqual: binary(nothing, nothing),
  Less: binary(nothing, nothing),
  LessEqual: binary(nothing, nothing),
  Equal: binary(nothing, nothing),
  NotEqual: binary(nothing, nothing),
};
