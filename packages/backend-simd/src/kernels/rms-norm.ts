import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

/** Rows whose parts of the weight's gradient one thread adds up; the module's number. */
const ROW_BLOCK = 64;

export const rmsNormKernels: KernelTable = {
  RmsNorm: ({ inputs, attrs, backend }) => {
    const { x, weight } = inputs as Record<"x" | "weight", TensorInfo>;
    const { rows, length } = rowsOf(x);
    const from = [backend.address(x), backend.address(weight)];
    const y = backend.output(x.shape);
    const args = [...from, backend.address(y), length, attrs.epsilon as number];
    backend.pool.run("rmsNorm", args, rows, length * 2);
    return y;
  },
  RmsNormGrad: ({ inputs, attrs, backend }) => {
    const { dy, x, weight } = inputs as Record<"dy" | "x" | "weight", TensorInfo>;
    const { rows, length } = rowsOf(x);
    const from = [backend.address(dy), backend.address(x), backend.address(weight)];
    const [dx, dWeight] = [backend.output(x.shape), backend.output(weight.shape)];
    const blocks = Math.ceil(rows / ROW_BLOCK);
    backend.withMemory(blocks * length * 4, (parts) => {
      const args = [...from, backend.address(dx), parts, rows, length, attrs.epsilon as number];
      backend.pool.run("rmsNormGrad", args, blocks, ROW_BLOCK * length * 4);
      backend.pool.run(
        "sumColumns",
        [parts, backend.address(dWeight), blocks, length, 1, 1024],
        Math.ceil(length / 1024),
        1,
      );
    });
    return [dx, dWeight];
  },
};

function rowsOf({ shape }: TensorInfo): { rows: number; length: number } {
  const length = shape.at(-1) ?? 1;
  return { rows: length === 0 ? 0 : util.sizeFromShape(shape) / length, length };
}
