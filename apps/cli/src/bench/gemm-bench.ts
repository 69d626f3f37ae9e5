import { createRng } from "@t5ts/random";
import { type MatMulOptions, matMul, randomNormal } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type PreparedWork, RUN_MS } from "./prepared-work.js";
import type { GemmShape } from "./work.js";

/** A product of random matrices on the current backend, as often as a run lasts. */
export function prepareGemm({ layout, batch, m, k, n }: GemmShape): PreparedWork {
  const rng = createRng(0);
  const operand = (rows: number, columns: number): tf.Tensor =>
    randomNormal(rng, batch === 1 ? [rows, columns] : [batch, rows, columns], 1);
  const options = { transposeA: layout === "tn", transposeB: layout === "nt" };
  const a = options.transposeA ? operand(k, m) : operand(m, k);
  const b = options.transposeB ? operand(n, k) : operand(k, n);
  let count = 1;
  return async () => {
    for (;;) {
      const startedAt = performance.now();
      await multiply(a, b, options, count);
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs >= RUN_MS / 2) return { seconds: elapsedMs / 1000 / count };
      count = Math.ceil((count * RUN_MS) / Math.max(elapsedMs, RUN_MS / 100));
    }
  };
}

/** Waits once for all of them: a device works while the next is asked for. */
async function multiply(a: tf.Tensor, b: tf.Tensor, options: MatMulOptions, count: number): Promise<void> {
  for (let i = 1; i < count; i++) matMul(a, b, options).dispose();
  const number = tf.tidy(() => tf.slice(tf.reshape(matMul(a, b, options), [-1]), 0, 1));
  await number.data();
  number.dispose();
}
