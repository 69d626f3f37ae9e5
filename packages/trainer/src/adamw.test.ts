import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import { expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AdamWOptions, adamW } from "./adamw.js";
import { describeOptimizer } from "./testing/describe-optimizer.js";

describeOptimizer("adamW", (options) => adamW(options));
describeOptimizer("adamW, scaled by the parameters", (options) => adamW({ ...options, isRmsScaled: true }));
describeOptimizer("adamW, of transformers", (options) => adamW({ ...options, dialect: "transformers" }));

type Params = { weight: tf.Tensor };

/** The weight after each of `grads`, from 2. */
function run(options: AdamWOptions, grads: number[], gradScale = 1): number[] {
  const optimizer = adamW(options);
  let params: Params = { weight: tf.tensor1d([2]) };
  let state = optimizer.init(params);
  return grads.map((grad, step) => {
    const update = { step, learningRate: 0.1, gradScale };
    ({ params, state } = optimizer.update({ weight: tf.tensor1d([grad]) }, state, params, update));
    return params.weight.dataSync()[0] as number;
  });
}

describe("adamW", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));
  const plain = { beta1: 0.5, beta2: 0.75, epsilon: 0, weightDecay: 0, decays: () => true };
  const close = (actual: number[], expected: number[]): void => expectTensor(tf.tensor1d(actual), expected, 1e-6);

  it("moves by the rate when the gradient is the same", () => {
    close(run(plain, [3, 3, 3]), [1.9, 1.8, 1.7]);
  });

  it("divides the mean of the gradient by the root of the mean square, both corrected", () => {
    // mean 0.5 · 1 → 0.25 + 1.5 = 1.75, of 0.75; square 0.25 → 0.1875 + 2.25 = 2.4375, of 0.4375
    close(run(plain, [1, 3]), [1.9, 1.9 - (0.1 * (1.75 / 0.75)) / Math.sqrt(2.4375 / 0.4375)]);
    close(run({ ...plain, hasBiasCorrection: false }, [1]), [2 - (0.1 * 0.5) / Math.sqrt(0.25)]);
  });

  it("adds ε after the correction, or in transformers before it", () => {
    close(run({ ...plain, epsilon: 1 }, [1]), [2 - 0.1 / (1 + 1)]);
    // √0.25 + 1, and the step 0.1 · √0.25 / 0.5
    close(run({ ...plain, epsilon: 1, dialect: "transformers" }, [1]), [2 - (0.1 * 0.5) / 1.5]);
  });

  it("decays what was there, or in transformers what comes out", () => {
    close(run({ ...plain, weightDecay: 0.5 }, [1]), [2 * 0.95 - 0.1]);
    close(run({ ...plain, weightDecay: 0.5, dialect: "transformers" }, [1]), [(2 - 0.1) * 0.95]);
  });

  it("scales the step, and not the decay, by the parameter's root mean square", () => {
    close(run({ ...plain, weightDecay: 0.5, isRmsScaled: true }, [1]), [2 * 0.95 - 0.2]);
  });

  it("moves a scalar that starts at 0 by the whole rate", () => {
    const optimizer = adamW({ ...plain, isRmsScaled: true });
    const params: Params = { weight: tf.scalar(0) };
    const update = { step: 0, learningRate: 0.1, gradScale: 1 };
    const next = optimizer.update({ weight: tf.scalar(3) }, optimizer.init(params), params, update);
    close([...next.params.weight.dataSync()], [-0.1]);
  });

  describe("with the kernel of a backend", () => {
    const registered = (): boolean => tf.getKernel("AdamWUpdate", "cpu") !== undefined;
    afterEach(() => {
      if (registered()) tf.unregisterKernel("AdamWUpdate", "cpu");
    });

    it("comes to the same, in every dialect", () => {
      for (const dialect of ["pytorch", "transformers"] as const) {
        for (const isRmsScaled of [false, true]) {
          const options: AdamWOptions = { epsilon: 0.1, weightDecay: 0.3, decays: () => true, dialect, isRmsScaled };
          const composed = run(options, [1, -2, 0.5], 0.7);
          let calls = 0;
          tf.registerKernel(referenceKernel(() => calls++));
          expect(registered()).toBe(true);
          close(run(options, [1, -2, 0.5], 0.7), composed);
          expect(calls).toBe(3);
          tf.unregisterKernel("AdamWUpdate", "cpu");
        }
      }
    });
  });
});

/** What `AdamWUpdate` has to compute, number by number. */
function referenceKernel(onCall: () => void): tf.KernelConfig {
  return {
    kernelName: "AdamWUpdate",
    backendName: "cpu",
    kernelFunc({ inputs, backend, attrs }) {
      onCall();
      const a = attrs as unknown as Record<string, number> & { isRmsScaled: boolean };
      const { readSync, write } = backend as unknown as {
        readSync(id: object): Float32Array;
        write(values: Float32Array, shape: number[], dtype: "float32"): tf.DataId;
      };
      const [param, grad, mean, variance] = ["param", "grad", "mean", "variance"].map((name) =>
        readSync.call(backend, inputs[name]!.dataId),
      ) as [Float32Array, Float32Array, Float32Array, Float32Array];
      const rms = Math.sqrt(param.reduce((sum, p) => sum + p * p, 0) / param.length);
      const scale = a.isRmsScaled ? Math.max(1e-3, rms) : 1;
      const outputs = [new Float32Array(param.length), new Float32Array(param.length), new Float32Array(param.length)];
      for (let i = 0; i < param.length; i++) {
        const g = grad[i]! * a.gradScale!;
        const m = a.beta1! * mean[i]! + (1 - a.beta1!) * g;
        const v = a.beta2! * variance[i]! + (1 - a.beta2!) * g * g;
        const step = (scale * (m / a.meanCorrection!)) / (Math.sqrt(v / a.varianceCorrection!) + a.epsilon!);
        outputs[0]![i] = param[i]! - a.learningRate! * (a.weightDecay! * param[i]! + step);
        outputs[1]![i] = m;
        outputs[2]![i] = v;
      }
      const { shape } = inputs.param!;
      return outputs.map((values) => ({
        dataId: write.call(backend, values, shape, "float32"),
        shape,
        dtype: "float32",
      }));
    },
  };
}
