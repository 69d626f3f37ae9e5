import { Session } from "node:inspector/promises";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { findBlas } from "./blas.js";
import { Heap } from "./heap.js";
import { simdInfo } from "./index.js";
import { restart } from "./testing/conformance.js";
import { LIBRARIES } from "./testing/libraries.js";

/** A library that is there on any system with glibc or musl, and has no matrix product. */
const NOT_BLAS = process.platform === "darwin" ? "/usr/lib/libSystem.B.dylib" : "libm.so.6";

describe("findBlas", () => {
  afterEach(() => {
    delete process.env.T5_BLAS;
  });
  afterAll(() => tf.removeBackend("simd"));

  it("says why there is none", () => {
    const heap = new Heap(false);
    expect(findBlas(false, heap, 1)).toEqual({ reason: "not asked for" });
    expect(findBlas("/nowhere/libblas.so", heap, 1).reason).toMatch(/^\/nowhere\/libblas\.so: Failed to load/);
    expect(findBlas(NOT_BLAS, heap, 1).reason).toMatch(/cblas_sgemm/);
    process.env.T5_BLAS = "/elsewhere/libblas.so";
    expect(findBlas(true, heap, 1).reason).toMatch(/^\/elsewhere\/libblas\.so: /);
    expect(heap.allocator.liveBytes).toBe(0);
  });

  it("leaves the backend working without one", async () => {
    await restart({ blas: "/nowhere/libblas.so", threads: 1 });
    expect(simdInfo().blas).toBeUndefined();
    expect(simdInfo().reasonForNoBlas).toContain("/nowhere/libblas.so");
    const x = tf.ones([100, 100]);
    expect(tf.sum(tf.matMul(x, x)).dataSync()[0]).toBe(1e6);
  });

  it.each(LIBRARIES)("multiplies in place by %s, on memory that moves as it grows", (library) => {
    for (const isShared of [true, false]) {
      const heap = new Heap(isShared);
      const blas = findBlas(library, heap, 1).blas!;
      const multiply = (a: number, b: number, c: number, accumulate: number) =>
        blas.sgemm(0, 0, 2, 2, 3, a, 3, b, 2, c, 2, accumulate);
      for (let round = 0; round < 2; round++) {
        const { address } = heap.allocate(64);
        heap.float32.set([1, 2, 3, 4, 5, 6, 1, 0, 0, 1, 1, 1, 10, 10, 10, 10], address / 4);
        const at = [address, address + 24, address + 48] as const;
        const result = () => Array.from(heap.float32.subarray(address / 4 + 12, address / 4 + 16));
        multiply(...at, 1);
        expect(result()).toEqual([14, 15, 20, 21]);
        multiply(...at, 0);
        expect(result()).toEqual([4, 5, 10, 11]);
        heap.allocate(100_000_000);
      }
    }
  });

  it.each(LIBRARIES)("multiplies by %s while signals come in", async (library) => {
    await restart({ blas: library, threads: 2 });
    const profiler = new Session();
    profiler.connect();
    await profiler.post("Profiler.enable");
    await profiler.post("Profiler.setSamplingInterval", { interval: 100 });
    await profiler.post("Profiler.start");
    const [a, b] = [tf.ones([128, 128]), tf.ones([128, 64])];
    for (const until = performance.now() + 500; performance.now() < until; ) {
      const sum = tf.tidy(() => tf.sum(tf.matMul(a, b)));
      expect(sum.dataSync()[0]).toBe(128 * 128 * 64);
      sum.dispose();
    }
    await profiler.post("Profiler.stop");
    profiler.disconnect();
  });
});

if (LIBRARIES.length === 0) {
  console.warn("No BLAS: products through it aren't tested. Debian: apt-get install libdnnl3 libopenblas0-pthread.");
}
