import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";

/** What a kernel is called with. Operations on lists of tensors have theirs under 0, 1, 2, … */
export type KernelArguments = {
  inputs: Record<string, TensorInfo>;
  attrs: Record<string, unknown>;
  backend: SimdBackend;
};

/** A kernel in the heap; `undefined` where it leaves the case at hand to tfjs's CPU kernel of the same name. */
export type SimdKernel = (args: KernelArguments) => TensorInfo | TensorInfo[] | undefined;

/** Kernels by the names that tfjs calls them by. */
export type KernelTable = Record<string, SimdKernel>;

/** Whether all have this type. */
export function areAll(dtype: DataType, ...tensors: TensorInfo[]): boolean {
  return tensors.every((tensor) => tensor.dtype === dtype);
}

/** Bytes of an element in the heap; `undefined` for types that don't live there. */
export function elementBytes(dtype: DataType): 1 | 4 | undefined {
  if (dtype === "float32" || dtype === "int32") return 4;
  return dtype === "bool" ? 1 : undefined;
}

/** Tensors of a list, from `first` on, by their names. */
export function byName<Name extends string>(
  names: readonly Name[],
  tensors: readonly TensorInfo[],
  first: number,
): Record<Name, TensorInfo> {
  const named = {} as Record<Name, TensorInfo>;
  for (let i = 0; i < names.length; i++) named[names[i] as Name] = tensors[first + i] as TensorInfo;
  return named;
}
