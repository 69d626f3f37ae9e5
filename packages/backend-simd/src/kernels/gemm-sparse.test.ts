import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SimdBackend } from "../backend.js";
import { restart } from "../testing/conformance.js";

const rng = createRng(31);

describe.each([true, false])("products without zeros, relaxed SIMD: %s", (relaxedSimd) => {
  beforeAll(() => restart({ threads: 1, blas: false, relaxedSimd }));
  afterAll(() => tf.removeBackend("simd"));

  // Whole tiles: at edges the dense product adds to c what it summed from 0.
  it.each([
    { m: 12, n: 8, k: 2 },
    { m: 12, n: 40, k: 254 },
    { m: 24, n: 32, k: 256 },
    { m: 12, n: 64, k: 258 },
    { m: 36, n: 104, k: 1030 },
  ])("are those of the dense product, bit by bit: %o", ({ m, n, k }) => {
    for (const share of [0, 0.02, 0.5, 0.97, 1]) {
      const a = Float32Array.from({ length: m * k }, () => Math.abs(rng.normal()) * (rng.uniform() < share ? 1 : -1));
      const [b, c] = [randomArray(n * k), randomArray(m * n)];
      const relu = a.map((x) => Math.max(x, 0));
      expect(withoutZeros({ m, n, k }, a, b, c)).toEqual(dense({ m, n, k }, relu, b, c));
    }
  });

  it("keeps NaN and infinity", () => {
    const size = { m: 2, n: 3, k: 4 };
    const a = Float32Array.of(-1, Number.NaN, 0, 1, -Infinity, -0, Infinity, 2);
    const c = withoutZeros(size, a, Float32Array.from([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, -3, 4]), new Float32Array(6));
    expect([...c]).toEqual([Number.NaN, Number.NaN, Number.NaN, Infinity, Infinity, -Infinity]);
  });
});

type Size = { m: number; n: number; k: number };

function randomArray(length: number): Float32Array {
  return Float32Array.from({ length }, () => rng.normal());
}

/** c + relu(a) · bᵀ */
function withoutZeros({ m, n, k }: Size, a: Float32Array, b: Float32Array, c: Float32Array): Float32Array {
  return onHeap([a, b, c], m * k, (backend, [x, weight, y], space) => {
    const counts = space + m * k * 2;
    backend.pool.run("compressPositive", [x, k, space, counts], m, 1);
    backend.pool.run("compressedProduct", [m, n, k, x, space, counts, weight, y], Math.ceil(n / 32), 1);
    return backend.heap.float32.slice(y / 4, y / 4 + m * n);
  });
}

/** c + a · bᵀ */
function dense({ m, n, k }: Size, a: Float32Array, b: Float32Array, c: Float32Array): Float32Array {
  return onHeap([a, b, c], 0, (backend, [x, weight, y]) => {
    backend.pool.run("gemmTiles", [0, 1, m, n, k, x, k, 0, weight, k, 0, y, n, 0, m, n, 1], 1, 1);
    return backend.heap.float32.slice(y / 4, y / 4 + m * n);
  });
}

type Addresses = [a: number, b: number, c: number];

/** Calls `use` with the arrays' addresses on the heap and that of some more floats. */
function onHeap<T>(
  arrays: Float32Array[],
  floats: number,
  use: (backend: SimdBackend, addresses: Addresses, space: number) => T,
): T {
  const backend = tf.backend() as unknown as SimdBackend;
  const sizes = arrays.map(({ length }) => length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return backend.withMemory((all + floats) * 4, (start) => {
    let next = start;
    const addresses = arrays.map((values) => {
      const address = next;
      backend.heap.float32.set(values, address / 4);
      next += values.length * 4;
      return address;
    });
    return use(backend, addresses as Addresses, next);
  });
}
