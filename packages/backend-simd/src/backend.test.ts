import { createRng } from "@t5ts/random";
import { registerGradients } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { registerSimdBackend, simdInfo } from "./index.js";
import { describeConfigurations, expectLikeCpu, integers, normal } from "./testing/conformance.js";

const rng = createRng(20);

describeConfigurations("SimdBackend", () => {
  it("has every kernel of the CPU backend", () => {
    const names = (backend: string) => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
    expect(names("simd")).toEqual(expect.arrayContaining(names("cpu")));
  });

  it("runs the CPU backend's kernels on its own tensors, while the heap grows as well", async () => {
    const x = normal(rng, [100, 300]);
    const operation = ({ x }: Record<string, tf.Tensor>) => {
      const sums = tf.cumsum(x!, 1);
      const { values, indices } = tf.topk(sums, 3);
      // Large enough that the heap must grow for it.
      const large = tf.add(tf.tile(sums, [10, 1]), 1);
      return [values, indices, tf.sin(large), tf.stridedSlice(large, [0, 0], [1000, 150]), tf.prod(tf.cos(x!), 1)];
    };
    await expectLikeCpu(operation, { x }, 1e-5);
    const a = normal(rng, [2, 3, 4]);
    await expectLikeCpu(({ a }) => tf.einsum("bij,bkj->bik", a!, a!), { a }, 1e-5);
  });

  it("keeps strings and complex numbers as tfjs does", async () => {
    await expectLikeCpu(
      ({ x, y }) => {
        const z = tf.fft(tf.complex(x!, y!));
        return [tf.real(z), tf.imag(z), tf.real(tf.mul(z, z))];
      },
      { x: normal(rng, [4, 8]), y: normal(rng, [4, 8]) },
      1e-5,
    );
    await tf.setBackend("simd");
    tf.tidy(() => {
      const words = tf.concat([tf.tensor1d(["to", "be"]), tf.slice(tf.tensor1d(["or", "not", "to"]), 1, 2)]);
      expect(words.dataSync()).toEqual(["to", "be", "not", "to"]);
      expect(tf.tile(words, [2]).shape).toEqual([8]);
    });
  });

  it("keeps its own copy of what tensors are made of, and gives copies away", async () => {
    await tf.setBackend("simd");
    const values = Float32Array.of(1, 2, 3);
    const x = tf.tensor1d(values);
    values[0] = 100;
    const read = x.dataSync();
    expect(Array.from(read)).toEqual([1, 2, 3]);
    read[1] = 100;
    expect(Array.from(await x.data())).toEqual([1, 2, 3]);
    x.dispose();
    const y = tf.tensor1d([7, 8, 9]);
    expect(read[2], "after another tensor took the memory").toBe(3);
    y.dispose();
  });

  it("gives memory back once the last tensor that shares it is gone", async () => {
    await tf.setBackend("simd");
    const before = simdInfo().liveBytes;
    const x = tf.ones([1000]);
    const reshaped = tf.reshape(x, [10, 100]);
    const transposed = tf.tidy(() => tf.transpose(tf.reshape(x, [1, 1000])));
    expect(transposed.dataId).toBe(x.dataId);
    x.dispose();
    expect(simdInfo().liveBytes).toBe(before + 4032);
    expect(tf.tidy(() => tf.sum(reshaped).dataSync()[0])).toBe(1000);
    tf.dispose([reshaped, transposed]);
    expect(simdInfo().liveBytes).toBe(before);
  });

  it("takes over tensors from other backends and gives them up", async () => {
    await tf.setBackend("cpu");
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    await tf.setBackend("simd");
    const y = tf.matMul(x, x);
    await tf.setBackend("cpu");
    const z = tf.add(y, tf.cast(tf.tensor1d([1, 0], "bool"), "float32"));
    expect(Array.from(z.dataSync())).toEqual([8, 10, 16, 22]);
    tf.dispose([x, y, z]);
    await tf.setBackend("simd");
  });

  it("doesn't mind being registered again", async () => {
    const before = tf.findBackend("simd");
    await registerSimdBackend({ threads: 1 });
    expect(tf.findBackend("simd")).toBe(before);
  });

  it("trains tfjs's own variables", async () => {
    registerGradients();
    const inputs = { x: normal(rng, [50, 3]), ids: integers(rng, [50], 0, 2) };
    await expectLikeCpu(
      ({ x }) => {
        const weight = tf.variable(tf.zeros([3, 1]));
        const target = tf.matMul(x!, tf.tensor2d([1, -2, 3], [3, 1]));
        const optimizer = tf.train.adam(0.1);
        for (let i = 0; i < 20; i++) {
          optimizer.minimize(
            () => tf.mean(tf.squaredDifference(tf.matMul(x!, weight as tf.Tensor2D), target)) as tf.Scalar,
          );
        }
        const learned = tf.clone(weight);
        weight.dispose();
        optimizer.dispose();
        return learned;
      },
      inputs,
      1e-4,
    );
  });
});
