import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { KernelTable } from "./kernel.js";

export const softmaxKernels: KernelTable = {
  Softmax: ({ inputs, attrs, backend }) =>
    alongRows(backend, "softmaxRows", inputs.logits as TensorInfo, attrs.dim as number),
  LogSoftmax: ({ inputs, attrs, backend }) =>
    alongRows(backend, "logSoftmaxRows", inputs.logits as TensorInfo, attrs.axis as number),
};

function alongRows(backend: SimdBackend, name: string, logits: TensorInfo, axis: number): TensorInfo | undefined {
  const { shape, dtype } = logits;
  const isLast = axis === -1 || axis === shape.length - 1;
  if (dtype !== "float32" || !isLast) return undefined;
  const from = backend.address(logits);
  const output = backend.output(shape);
  const length = shape.at(-1) ?? 1;
  const rows = length === 0 ? 0 : util.sizeFromShape(shape) / length;
  backend.pool.run(name, [from, backend.address(output), length], rows, length * 4);
  return output;
}
