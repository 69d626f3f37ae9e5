import { type Sgemm, sgemmTiles } from "./sgemm.js";
import type { KernelFunction } from "./thread-control.js";

/** The one kernel that isn't in the module: products by a native library. */
export const SGEMM_TILES = "sgemmTiles";

/** The kernels' names, in the order of their numbers. */
export function kernelNames(module: WebAssembly.Module): string[] {
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function");
  return [...functions.map(({ name }) => name), SGEMM_TILES];
}

/**
 * The kernels by their names, for one thread.
 *
 * @param sgemm A library's product that threads may call at the same time; kernels use it inside of them.
 */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  sgemm: Sgemm | undefined,
): Record<string, KernelFunction> {
  const env = { memory, abort, sgemm: sgemm ?? abort };
  const exports = new WebAssembly.Instance(module, { env }).exports as Record<string, KernelFunction>;
  if (sgemm === undefined) return { ...exports };
  (exports.useSgemm as KernelFunction)();
  return { ...exports, [SGEMM_TILES]: sgemmTiles(sgemm) };
}

function abort(): never {
  throw new Error("simd: a kernel aborted");
}
