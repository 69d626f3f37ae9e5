import * as tf from "@tensorflow/tfjs-core";
import { hasFusedKernel, runFusedKernel } from "./fused-kernels.js";

/** max(x, 0). */
export function relu(x: tf.Tensor): tf.Tensor {
  if (!hasFusedKernel("ReluGrad")) return tf.relu(x);
  return tf.customGrad((x, save) => {
    const value = tf.relu(x as tf.Tensor);
    (save as tf.GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (dy, [y]) => runFusedKernel("ReluGrad", { dy, y: y as tf.Tensor }),
    };
  })(x);
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715; // Hendrycks and Gimpel 2016, the fit of tanh to the normal distribution

/** The Gaussian error linear unit in its tanh form, which T5 v1.1 was trained with. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(geluInner(x))));
}

/** gelu(gate) · x, one operation on the tape. Shazeer 2020, "GLU variants improve transformer". */
export function gatedGelu(gate: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const isFused = hasFusedKernel("GatedGelu") && hasFusedKernel("GatedGeluGrad");
  const operation = tf.customGrad((gate, x, save) => {
    const [g, h] = [gate as tf.Tensor, x as tf.Tensor];
    (save as tf.GradSaveFunc)([g, h]);
    return {
      value: isFused ? (runFusedKernel("GatedGelu", { gate: g, x: h })[0] as tf.Tensor) : tf.mul(gelu(g), h),
      gradFunc: (dy, saved) => {
        const [gate, x] = saved as [tf.Tensor, tf.Tensor];
        if (isFused) return runFusedKernel("GatedGeluGrad", { dy, gate, x });
        return [tf.mul(tf.mul(dy, x), geluDerivative(gate)), tf.mul(dy, gelu(gate))];
      },
    };
  });
  return operation(gate, x);
}

function geluInner(x: tf.Tensor): tf.Tensor {
  return tf.mul(SQRT_2_OVER_PI, tf.mul(x, tf.add(1, tf.mul(CUBIC, tf.square(x)))));
}

function geluDerivative(x: tf.Tensor): tf.Tensor {
  const tanh = tf.tanh(geluInner(x));
  const innerDerivative = tf.mul(SQRT_2_OVER_PI, tf.add(1, tf.mul(3 * CUBIC, tf.square(x))));
  const left = tf.mul(0.5, tf.add(1, tanh));
  const right = tf.mul(tf.mul(tf.mul(0.5, x), tf.sub(1, tf.square(tanh))), innerDerivative);
  return tf.add(left, right);
}
