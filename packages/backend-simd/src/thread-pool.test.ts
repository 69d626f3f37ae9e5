import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import type { Blas } from "./blas.js";
import { Heap } from "./heap.js";
import { registerSimdBackend, simdInfo } from "./index.js";
import { normal, restart } from "./testing/conformance.js";
import { ThreadPool } from "./thread-pool.js";
import { loadKernels } from "./wasm-module.js";

const rng = createRng(14);
const [a, b, bias] = [normal(rng, [300, 520]), normal(rng, [520, 400]), normal(rng, [400])];

/** Something of each kind of kernel: products, elementwise, rows, columns, everything in one number; as bytes. */
function compute(): Buffer {
  return tf.tidy(() => {
    const product = tf.matMul(tf.tensor2d(a.values, [300, 520]), tf.tensor2d(b.values, [520, 400]));
    const h = tf.tanh(tf.add(product, tf.tensor(bias.values)));
    const y = tf.concat([tf.reshape(tf.softmax(h), [-1]), tf.sum(h, 0), tf.mean(h, 1), tf.reshape(tf.sum(h), [1])]);
    return Buffer.from((y.dataSync() as Float32Array).buffer);
  });
}

/** Computes until the other threads have started, and then some more. */
async function computeWarm(): Promise<Buffer> {
  compute();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const first = compute();
  for (let i = 0; i < 20; i++) expect(compute().equals(first)).toBe(true);
  return first;
}

describe("ThreadPool", () => {
  afterAll(() => tf.removeBackend("simd"));

  it("gives the same bits on any number of threads, from run to run", async () => {
    await restart({ threads: 1, blas: false });
    const alone = compute();
    for (const threads of [2, 3]) {
      await restart({ threads, blas: false });
      expect((await computeWarm()).equals(alone)).toBe(true);
      expect(simdInfo()).toMatchObject({ threads, reasonForThreads: "asked for" });
    }
  });

  it("says why there's one thread", async () => {
    await restart({ threads: 1, blas: false });
    expect(simdInfo()).toMatchObject({ threads: 1, reasonForThreads: "asked for", reasonForNoBlas: "not asked for" });
    await restart({ threads: 4, sharedMemory: false });
    expect(simdInfo()).toMatchObject({
      threads: 1,
      reasonForThreads: "unshared memory was asked for",
      sharedMemory: false,
    });
  });

  it("goes on alone when threads can't start", async () => {
    const { worker_threads } = { worker_threads: process.getBuiltinModule("node:worker_threads") };
    const { Worker } = worker_threads;
    await restart({ threads: 2, blas: false });
    Object.assign(worker_threads, {
      Worker: class {
        constructor() {
          throw new Error("no more threads");
        }
      },
    });
    try {
      const alone = compute();
      expect(simdInfo()).toMatchObject({
        threads: 1,
        reasonForThreads: "worker threads could not start: no more threads",
      });
      expect(compute().equals(alone)).toBe(true);
    } finally {
      Object.assign(worker_threads, { Worker });
    }
  });

  it("loads a library in a thread only while the main thread waits for it, and goes on alone where that fails", async () => {
    const folder = mkdtempSync(join(tmpdir(), "t5ts-"));
    try {
      // Stands in for koffi: a process that ends in the middle of loading the real one is aborted.
      const koffi = join(folder, "koffi.cjs");
      const loaded = join(folder, "loaded");
      writeFileSync(
        koffi,
        `require("node:fs").writeFileSync(${JSON.stringify(loaded)}, ""); throw new Error("no koffi");`,
      );
      const heap = new Heap(true);
      const { module } = await loadKernels(true, true);
      const source = { koffi, library: "", heap: 0 };
      const blas: Blas = { library: "", threads: 2, sgemm() {}, sgemmTiles() {}, source, favoursColumns: false };
      const pool = new ThreadPool(module, heap, { threads: 2, reason: "asked for" }, blas);
      const { address } = heap.allocate(4_000_000);
      pool.run("fill4", [address, 1], 1_000_000, 1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(existsSync(loaded)).toBe(false);
      while (pool.threads > 1) {
        pool.run("fill4", [address, 2], 1_000_000, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(existsSync(loaded)).toBe(true);
      expect(pool.reason).toBe("worker threads could not start: no koffi");
      expect(new Set(heap.int32.subarray(address / 4, address / 4 + 1_000_000))).toEqual(new Set([2]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a number of threads that isn't one", async () => {
    if (tf.engine().registryFactory.simd !== undefined) tf.removeBackend("simd");
    await expect(registerSimdBackend({ threads: 0 })).rejects.toThrow(
      "registerSimdBackend: threads: expected a positive integer, got 0",
    );
    await restart({});
  });

  it("lets the process exit", () => {
    // A plain program on the built package, which ends by coming to its end.
    const program = `
      import * as tf from "@tensorflow/tfjs-core";
      import { registerSimdBackend, simdInfo } from "./dist/index.js";
      await registerSimdBackend({ threads: 2, blas: false });
      await tf.setBackend("simd");
      const x = tf.ones([600, 600]);
      const y = tf.matMul(x, x);
      await new Promise((resolve) => setTimeout(resolve, 200));
      console.log(tf.matMul(y, x).dataSync()[0], simdInfo().threads);
    `;
    const options = { cwd: new URL("..", import.meta.url), timeout: 20_000, encoding: "utf8" } as const;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
    expect(output.trim().split("\n").at(-1)).toBe("360000 2");
  });
});
