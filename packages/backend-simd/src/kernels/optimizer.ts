import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { KernelTable } from "./kernel.js";

/** Values whose squares one thread adds up. */
const PIECE = 16_384;

export const optimizerKernels: KernelTable = {
  SumOfSquares: ({ inputs, backend }) => {
    const output = backend.output([]);
    sumOfSquares(backend, inputs.x as TensorInfo, backend.address(output), 1);
    return output;
  },
  AdamWUpdate: ({ inputs, attrs, backend }) => {
    const { param, grad, mean, variance } = inputs as Record<"param" | "grad" | "mean" | "variance", TensorInfo>;
    const a = attrs as unknown as AdamWAttributes;
    const from = [param, grad, mean, variance].map((tensor) => backend.address(tensor));
    const rate = (a.learningRate / a.meanCorrection) * (a.isRmsScaled ? rmsScale(backend, param) : 1);
    const outputs = [param, mean, variance].map((tensor) => inPlace(backend, tensor));
    const to = outputs.map((output) => backend.address(output));
    const moments = [a.beta1, 1 - a.beta1, a.beta2, 1 - a.beta2];
    const step = [a.varianceCorrection, a.epsilon, rate, 1 - a.learningRate * a.weightDecay, a.gradScale];
    backend.pool.run("adamW", [...from, ...to, ...moments, ...step], util.sizeFromShape(param.shape), 4);
    return outputs;
  },
};

type AdamWAttributes = {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  meanCorrection: number;
  varianceCorrection: number;
  gradScale: number;
  isRmsScaled: boolean;
};

/** The tensor's own memory for the result, unless another tensor, such as a clone, shares it. */
function inPlace(backend: SimdBackend, tensor: TensorInfo): TensorInfo {
  return backend.refCount(tensor.dataId) === 1
    ? backend.alias(tensor, tensor.shape)
    : backend.output(tensor.shape, tensor.dtype);
}

/** The root mean square of a parameter, at least 1e-3. */
function rmsScale(backend: SimdBackend, param: TensorInfo): number {
  return backend.withMemory(4, (address) => {
    sumOfSquares(backend, param, address, 1 / util.sizeFromShape(param.shape));
    return Math.max(1e-3, Math.sqrt(backend.heap.float32[address / 4] as number));
  });
}

function sumOfSquares(backend: SimdBackend, x: TensorInfo, to: number, scale: number): void {
  const length = util.sizeFromShape(x.shape);
  const pieces = Math.ceil(length / PIECE);
  const from = backend.address(x);
  backend.withMemory(pieces * 8, (sums) => {
    backend.pool.run("squarePieces", [from, sums, length, PIECE], pieces, PIECE);
    backend.pool.kernels.addDoubles?.(sums, to, pieces, scale);
  });
}
