import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import { registerSimdBackend, type SimdOptions, simdInfo } from "./index.js";

async function restart(options: SimdOptions): Promise<void> {
  if (tf.engine().registryFactory.simd !== undefined) tf.removeBackend("simd");
  await registerSimdBackend(options);
  await tf.setBackend("simd");
}

/** A product, a function and sums, on whole numbers: the same in any order of additions. */
function compute(): Int32Array {
  return tf.tidy(() => {
    const a = tf.tensor2d(
      Float32Array.from({ length: 300 * 500 }, (_, i) => (i % 7) - 3),
      [300, 500],
    );
    const b = tf.tensor2d(
      Float32Array.from({ length: 500 * 400 }, (_, i) => (i % 5) - 2),
      [500, 400],
    );
    return tf.cast(tf.sum(tf.relu(tf.matMul(a, b)), 0), "int32").dataSync() as Int32Array;
  });
}

describe("the backend in an isolated page", () => {
  afterAll(() => tf.removeBackend("simd"));

  it("shares memory between threads", async () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
    await restart({ threads: 2 });
    const first = compute();
    // Threads start when the page's main thread has a moment.
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (let i = 0; i < 20; i++) expect(compute()).toEqual(first);
    expect(simdInfo()).toMatchObject({ threads: 2, sharedMemory: true, blas: undefined });
    expect(simdInfo().reasonForNoBlas).toBe("native libraries need Node");
    await restart({ threads: 1 });
    expect(compute()).toEqual(first);
    await restart({ sharedMemory: false, relaxedSimd: false });
    expect(compute()).toEqual(first);
    expect(simdInfo()).toMatchObject({ threads: 1, sharedMemory: false, relaxedSimd: false });
  });

  it("frees what tensors held", async () => {
    await restart({});
    compute();
    expect(simdInfo().liveBytes).toBe(0);
    expect(simdInfo().peakBytes).toBeGreaterThan(300 * 500 * 4);
  });
});
