import { LAYOUT_ADDRESS, type SimdBackend } from "./backend.js";

/** An axis along which two operands move by their own strides, in elements. */
export type Axis = { size: number; strideA: number; strideB: number };

/** Distance in elements from one entry of an axis to the next, for a dense tensor. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides: number[] = new Array(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Strides of a dense tensor seen in a shape it broadcasts to: 0 along the axes it doesn't have. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const strides = denseStrides(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : (strides[axis - missing] as number)));
}

/** Drops axes of size 1 and joins neighbours that both operands walk as one. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const last = merged.at(-1);
    if (last !== undefined && last.strideA === axis.strideA * axis.size && last.strideB === axis.strideB * axis.size) {
      merged[merged.length - 1] = { ...axis, size: last.size * axis.size };
    } else merged.push(axis);
  }
  return merged;
}

/**
 * Writes where strided kernels read how to walk: the last axis is the inner one, the others give the rows.
 *
 * @returns How many rows there are and how long they are.
 */
export function writeLayout(
  backend: SimdBackend,
  axes: readonly Axis[],
): { rows: number; inner: number; rank: number } {
  const outer = axes.slice(0, -1);
  const inner = axes.at(-1) ?? { size: 1, strideA: 1, strideB: 1 };
  const words = [
    outer.length,
    inner.size,
    inner.strideA,
    inner.strideB,
    ...outer.map(({ size }) => size),
    ...outer.map(({ strideA }) => strideA),
    ...outer.map(({ strideB }) => strideB),
  ];
  backend.heap.int32.set(words, LAYOUT_ADDRESS / 4);
  return { rows: outer.reduce((rows, { size }) => rows * size, 1), inner: inner.size, rank: outer.length };
}
