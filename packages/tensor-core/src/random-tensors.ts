import type { Rng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";

/** Normal numbers with mean 0: initial weights. The same on every backend. */
export function randomNormal(rng: Rng, shape: number[], standardDeviation = 1): tf.Tensor {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  const stream = rng.split();
  for (let i = 0; i < values.length; i++) values[i] = stream.normal() * standardDeviation;
  return tf.tensor(values, shape, "float32");
}
