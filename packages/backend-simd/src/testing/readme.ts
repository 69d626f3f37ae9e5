import { registerSimdBackend, simdInfo } from "@t5ts/backend-simd";
import * as tf from "@tensorflow/tfjs-core";

await registerSimdBackend();
await tf.setBackend("simd");

// The nearest neighbours of 2,000 points on a spiral, by all four million distances at once.
const angles = tf.linspace(1, 40, 2000);
const points = tf.stack([tf.mul(angles, tf.cos(angles)), tf.mul(angles, tf.sin(angles))], 1);
const nearest = tf.tidy(() => {
  const squares = tf.sum(tf.square(points), 1, true);
  const products = tf.matMul(points, points, false, true);
  const distances = tf.sub(tf.add(squares, tf.transpose(squares)), tf.mul(2, products));
  return tf.argMin(tf.add(distances, tf.mul(1e9, tf.eye(2000))), 1);
});

console.log(nearest.dataSync().slice(0, 5));
const { liveBytes, peakBytes } = simdInfo();
console.log(`${Math.round(liveBytes / 1000)} kB in use, ${Math.round(peakBytes / 1e6)} MB at the most`);
