import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

export const dropoutKernels: KernelTable = {
  Dropout: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    const { first, second, threshold, scale } = dropoutArguments(attrs);
    const from = backend.address(x);
    const output = backend.output(x.shape);
    const args = [from, backend.address(output), first, second, threshold, scale];
    backend.pool.run("dropout", args, util.sizeFromShape(x.shape), 4);
    return output;
  },
  DropoutAdd: ({ inputs, attrs, backend }) => {
    const { x, y } = inputs as Record<"x" | "y", TensorInfo>;
    const { first, second, threshold, scale } = dropoutArguments(attrs);
    const from = [backend.address(x), backend.address(y)];
    const output = backend.output(x.shape);
    const args = [...from, backend.address(output), first, second, threshold, scale];
    backend.pool.run("dropoutAdd", args, util.sizeFromShape(x.shape), 4);
    return output;
  },
};

/** What decides which elements a dropout keeps, in the form the kernels take it. */
export type DropoutArguments = { first: number; second: number; threshold: number; scale: number };

/** Element i is kept when number i of the stream with these keys is at least round(rate · 2^32). */
export function dropoutArguments(attrs: Record<string, unknown>): DropoutArguments {
  const { rate, keys } = attrs as { rate: number; keys: readonly [number, number] };
  const threshold = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
  return { first: keys[0], second: keys[1], threshold, scale: 1 / (1 - rate) };
}
