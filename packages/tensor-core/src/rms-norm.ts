import * as tf from "@tensorflow/tfjs-core";
import { hasFusedKernel, runFusedKernel } from "./fused-kernels.js";

/**
 * Scales each vector to a root mean square of 1, without centring it, then by `weight`: [..., d] → [..., d].
 *
 * One operation on the tape: it keeps `x`, where a composition would keep five tensors of its size.
 *
 * Zhang and Sennrich 2019, "Root mean square layer normalization".
 *
 * @param weight [d]
 */
export function rmsNorm(x: tf.Tensor, weight: tf.Tensor1D, epsilon: number): tf.Tensor {
  const isFused = hasFusedKernel("RmsNorm") && hasFusedKernel("RmsNormGrad");
  const operation = tf.customGrad((x, weight, save) => {
    const [input, scale] = [x as tf.Tensor, weight as tf.Tensor];
    (save as tf.GradSaveFunc)([input, scale]);
    const value = isFused
      ? (runFusedKernel("RmsNorm", { x: input, weight: scale }, { epsilon })[0] as tf.Tensor)
      : tf.mul(tf.mul(input, inverseRms(input, epsilon)), scale);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [x, weight] = saved as [tf.Tensor, tf.Tensor];
        return isFused
          ? runFusedKernel("RmsNormGrad", { dy, x, weight }, { epsilon })
          : rmsNormGrad(dy as tf.Tensor, x, weight, epsilon);
      },
    };
  });
  return operation(x, weight);
}

function inverseRms(x: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
}

/** With r = 1 / rms and n = x r: dx = r (g - n mean(g n)), where g = dy weight. */
function rmsNormGrad(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor[] {
  const inverse = inverseRms(x, epsilon);
  const normed = tf.mul(x, inverse);
  const scaled = tf.mul(dy, weight);
  const along = tf.mean(tf.mul(scaled, normed), -1, true);
  const dx = tf.mul(inverse, tf.sub(scaled, tf.mul(normed, along)));
  const dWeight = tf.sum(
    tf.mul(dy, normed),
    x.shape.slice(0, -1).map((_, axis) => axis),
  );
  return [dx, dWeight];
}
