import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { describeConfigurations } from "./testing/conformance.js";

/** The error function in float64: its series near 0, a continued fraction of its complement beyond. */
function erf(x: number): number {
  const a = Math.abs(x);
  let y: number;
  if (a < 3) {
    let [term, sum] = [a, a];
    for (let n = 1; n < 100; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    y = (2 / Math.sqrt(Math.PI)) * sum;
  } else {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
    y = 1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
  }
  return x < 0 ? -y : y;
}

/** How far `actual` is from `exact`, in units of the last place of a float32 of that size. */
function distance(actual: number, exact: number): number {
  if (actual === exact) return 0;
  const ulp = 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(exact))) - 23);
  return Math.abs(actual - exact) / ulp;
}

/** The promise of the README: the largest error in units of the last place, and where it was looked for. */
const PROMISES: [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number, number, [number, number][]][] = [
  [
    "exp",
    tf.exp,
    Math.exp,
    1,
    [
      [-104, 88.7],
      [-1, 1],
    ],
  ],
  [
    "log",
    tf.log,
    Math.log,
    1,
    [
      [1e-45, 1e-37],
      [0.5, 2],
      [0, 3e38],
    ],
  ],
  [
    "tanh",
    tf.tanh,
    Math.tanh,
    2,
    [
      [-10, 10],
      [-0.8, 0.8],
    ],
  ],
  [
    "erf",
    tf.erf,
    erf,
    3,
    [
      [-5, 5],
      [-1.2, 1.2],
    ],
  ],
  [
    "sigmoid",
    tf.sigmoid,
    (x) => 1 / (1 + Math.exp(-x)),
    3,
    [
      [-80, 80],
      [-3, 3],
    ],
  ],
];

const SAMPLES = 40_000;

describeConfigurations("elementary functions", () => {
  it.each(PROMISES)("%s is as close as the README says", async (_, f, exact, most, ranges) => {
    await tf.setBackend("simd");
    for (const [low, high] of ranges) {
      const x = Float32Array.from({ length: SAMPLES }, (_, i) => low + ((high - low) * (i + 0.5)) / SAMPLES);
      const y = tf.tidy(() => f(tf.tensor(x)).dataSync());
      let worst = 0;
      for (const [i, value] of x.entries()) worst = Math.max(worst, distance(y[i]!, exact(value)));
      expect(worst, `from ${low} to ${high}`).toBeLessThanOrEqual(most);
    }
  });
});
