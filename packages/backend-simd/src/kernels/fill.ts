import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { KernelTable } from "./kernel.js";

export const fillKernels: KernelTable = {
  Fill: ({ attrs, backend }) => {
    const { shape, value } = attrs as { shape: number[]; value: number };
    const dtype = (attrs.dtype as DataType | undefined) ?? util.inferDtype(value);
    return isWord(dtype) ? filled(backend, shape, dtype, value) : undefined;
  },
  OnesLike: ({ inputs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return isWord(x.dtype) ? filled(backend, x.shape, x.dtype, 1) : undefined;
  },
  ZerosLike: ({ inputs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return isWord(x.dtype) ? filled(backend, x.shape, x.dtype, 0) : undefined;
  },
};

function isWord(dtype: DataType): boolean {
  return dtype === "float32" || dtype === "int32";
}

/** A new tensor with one value throughout. */
export function filled(backend: SimdBackend, shape: number[], dtype: DataType, value: number): TensorInfo {
  const output = backend.output(shape, dtype);
  fillWords(backend, backend.address(output), util.sizeFromShape(shape), dtype, value);
  return output;
}

/** Sets `count` elements of a type of four bytes from `address`. */
export function fillWords(backend: SimdBackend, address: number, count: number, dtype: DataType, value: number): void {
  const bits = dtype === "float32" ? (new Int32Array(Float32Array.of(value).buffer)[0] as number) : value;
  backend.pool.run("fill4", [address, bits], count, 0.5);
}
