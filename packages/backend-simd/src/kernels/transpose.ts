import type { TensorInfo } from "@tensorflow/tfjs-core";
import { LAYOUT_ADDRESS, type SimdBackend } from "../backend.js";
import { denseStrides, mergeAxes, writeLayout } from "../layout.js";
import type { KernelTable } from "./kernel.js";
import { copyStrided } from "./strided-copy.js";

export const transposeKernels: KernelTable = {
  Transpose: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    return x.dtype === "float32" || x.dtype === "int32" ? transposed(backend, x, attrs.perm as number[]) : undefined;
  },
};

/** Axis i of the result is axis `perm[i]` of `x`, whose elements have four bytes. */
export function transposed(backend: SimdBackend, x: TensorInfo, perm: readonly number[]): TensorInfo {
  const shape = perm.map((axis) => x.shape[axis] as number);
  const from = denseStrides(x.shape);
  const to = denseStrides(shape);
  // In the order of the result: a walks the source, b the target.
  const axes = mergeAxes(
    shape.map((size, i) => ({ size, strideA: from[perm[i] as number] as number, strideB: to[i] as number })),
  );
  if (axes.length <= 1) return backend.alias(x, shape);
  const source = backend.address(x);
  const output = backend.output(shape, x.dtype);
  const target = backend.address(output);
  if (shape.includes(0)) return output;
  const across = axes.at(-1) as (typeof axes)[number];
  if (across.strideA === 1) {
    copyStrided(backend, 4, source, target, axes);
    return output;
  }
  // The axis that is dense in the source and the one that is dense in the result make the planes.
  const dense = axes.find(({ strideA }) => strideA === 1) as (typeof axes)[number];
  const planes = axes.filter((axis) => axis !== across && axis !== dense);
  const { rows: count } = writeLayout(backend, [...planes, { size: 1, strideA: 1, strideB: 1 }]);
  const args = [source, target, across.size, dense.size, across.strideA, dense.strideB, LAYOUT_ADDRESS];
  backend.pool.run("transposePlanes", args, count * Math.ceil(dense.size / 16), across.size * 16);
  return output;
}

/** Transposes each of `count` matrices [rows, columns] at `from`. */
export function transposeMatrices(
  backend: SimdBackend,
  from: number,
  to: number,
  { count, rows, columns }: { count: number; rows: number; columns: number },
): void {
  const size = rows * columns;
  writeLayout(backend, [
    { size: count, strideA: size, strideB: size },
    { size: 1, strideA: 1, strideB: 1 },
  ]);
  const args = [from, to, rows, columns, columns, rows, LAYOUT_ADDRESS];
  backend.pool.run("transposePlanes", args, count * Math.ceil(columns / 16), rows * 16);
}
