import { LAYOUT_ADDRESS, type SimdBackend } from "../backend.js";
import { type Axis, mergeAxes, writeLayout } from "../layout.js";

/**
 * Copies elements of `bytes` bytes between two strided places of the heap. Of each axis, `strideA` is the source's
 * stride, `strideB` the target's; the addresses are those of the first element.
 */
export function copyStrided(backend: SimdBackend, bytes: 1 | 4, from: number, to: number, axes: readonly Axis[]): void {
  const merged = mergeAxes(axes);
  if (merged.some(({ size }) => size === 0)) return;
  // Rows are dense in the target; where its last stride is not 1, they have one element.
  if (merged.at(-1)?.strideB !== 1) merged.push({ size: 1, strideA: 1, strideB: 1 });
  const { rows, inner } = writeLayout(backend, merged);
  backend.pool.run("copyRows", [from, to, bytes, LAYOUT_ADDRESS], rows, inner + 8);
}
