import * as tf from "@tensorflow/tfjs-core";
import { hasFusedKernel, runFusedKernel } from "./fused-kernels.js";
import { matMulRows } from "./mat-mul.js";
import { checkShape } from "./shape.js";

export type CrossEntropyOptions = {
  /** The share of the target that is spread evenly over the other classes (Szegedy et al. 2016). Default 0. */
  labelSmoothing?: number;
  /** Weight of (log Z)², which keeps the logits from drifting (Mesh TensorFlow). T5 pretrains with 1e-4. Default 0. */
  zLoss?: number;
  /** Rows with this label cost nothing. Default -100. */
  ignoreId?: number;
};

/**
 * The cost of each row of `logits` [n, v] against `labels` [n] int32: [n], 0 where the label is `ignoreId`.
 *
 * With smoothing ε the target is 1 - ε for the label and ε / (v - 1) for each other class, and the entropy of that
 * target is subtracted, so that a perfect fit costs 0 (T5X, `cross_entropy_with_logits`). The gradient,
 * (1 + 2 z log Z) softmax - target, is exact and one operation on the tape.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, options: CrossEntropyOptions = {}): tf.Tensor1D {
  const resolved = resolve(options);
  const isFused = hasFusedKernel("CrossEntropy") && hasFusedKernel("CrossEntropyGrad");
  const operation = tf.customGrad((logits, save) => {
    const input = logits as tf.Tensor2D;
    const [loss, logZ] = isFused
      ? (runFusedKernel("CrossEntropy", { logits: input, labels }, resolved) as [tf.Tensor, tf.Tensor])
      : forward(input, labels, resolved);
    (save as tf.GradSaveFunc)([input, labels, logZ]);
    return {
      value: loss,
      gradFunc: (dy, saved) => {
        const [logits, labels, logZ] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor];
        return isFused
          ? runFusedKernel("CrossEntropyGrad", { dy, logits, labels, logZ }, resolved)
          : [backward(dy as tf.Tensor, logits, labels, logZ, resolved)];
      },
    };
  });
  return operation(logits) as tf.Tensor1D;
}

/**
 * `crossEntropy` of the logits that `x` [n, d] has with `weight` [v, d]: [n].
 *
 * Where the backend has the kernel, the logits [n, v] are computed block by block and never held as a whole.
 */
export function linearCrossEntropy(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  labels: tf.Tensor1D,
  options: CrossEntropyOptions = {},
): tf.Tensor1D {
  checkShape("linearCrossEntropy: weight", weight, ["vocabSize", x.shape[1]]);
  if (!hasFusedKernel("LinearCrossEntropy") || !hasFusedKernel("LinearCrossEntropyGrad")) {
    return crossEntropy(matMulRows(x, weight, true) as tf.Tensor2D, labels, options);
  }
  const attributes = resolve(options);
  const operation = tf.customGrad((x, weight, save) => {
    const inputs = { x: x as tf.Tensor, weight: weight as tf.Tensor, labels };
    const [loss, logZ] = runFusedKernel("LinearCrossEntropy", inputs, attributes) as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([inputs.x, inputs.weight, labels, logZ]);
    return {
      value: loss,
      gradFunc: (dy, saved) => {
        const [x, weight, labels, logZ] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return runFusedKernel("LinearCrossEntropyGrad", { dy, x, weight, labels, logZ }, attributes);
      },
    };
  });
  return operation(x, weight) as tf.Tensor1D;
}

type Resolved = Required<CrossEntropyOptions>;

function resolve({ labelSmoothing = 0, zLoss = 0, ignoreId = -100 }: CrossEntropyOptions): Resolved {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing: expected a number in [0, 1), got ${labelSmoothing}`);
  }
  return { labelSmoothing, zLoss, ignoreId };
}

/** What the target gives to the label, to each other class, and the entropy of that. */
function smoothTarget(labelSmoothing: number, vocabSize: number): { label: number; other: number; entropy: number } {
  const label = 1 - labelSmoothing;
  const other = vocabSize > 1 ? labelSmoothing / (vocabSize - 1) : 0;
  const entropy = other === 0 ? 0 : -(label * Math.log(label) + labelSmoothing * Math.log(other));
  return { label, other, entropy };
}

function forward(logits: tf.Tensor2D, labels: tf.Tensor1D, options: Resolved): [loss: tf.Tensor, logZ: tf.Tensor] {
  const [rows, vocabSize] = logits.shape;
  const { label, other, entropy } = smoothTarget(options.labelSmoothing, vocabSize);
  const kept = keptRows(labels, options.ignoreId);
  const logZ = tf.logSumExp(logits, -1);
  const at = tf.add(tf.mul(tf.range(0, rows, 1, "int32"), vocabSize), tf.mul(labels, tf.cast(kept, "int32")));
  const labelLogit = tf.gather(tf.reshape(logits, [-1]), tf.cast(at, "int32") as tf.Tensor1D);
  let loss = tf.sub(logZ, tf.mul(label - other, labelLogit));
  if (other > 0) loss = tf.sub(tf.sub(loss, tf.mul(other, tf.sum(logits, -1))), entropy);
  if (options.zLoss > 0) loss = tf.add(loss, tf.mul(options.zLoss, tf.square(logZ)));
  return [tf.mul(loss, kept), logZ];
}

function backward(
  dy: tf.Tensor,
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  logZ: tf.Tensor,
  options: Resolved,
): tf.Tensor {
  const [rows, vocabSize] = logits.shape;
  const { label, other } = smoothTarget(options.labelSmoothing, vocabSize);
  const column = tf.reshape(logZ, [rows, 1]);
  const softmax = tf.exp(tf.sub(logits, column));
  // The target sums to 1; `tf.oneHot` gives no 1 to an ignored label.
  const target = tf.add(other, tf.mul(label - other, tf.cast(tf.oneHot(labels, vocabSize), "float32")));
  const dLogits = tf.sub(tf.mul(softmax, tf.add(1, tf.mul(2 * options.zLoss, column))), target);
  const scale = tf.mul(dy, keptRows(labels, options.ignoreId));
  return tf.mul(dLogits, tf.reshape(scale, [rows, 1]));
}

/** 1 for the rows that count, 0 for those with the label to ignore. */
function keptRows(labels: tf.Tensor1D, ignoreId: number): tf.Tensor {
  return tf.cast(tf.notEqual(labels, ignoreId), "float32");
}
