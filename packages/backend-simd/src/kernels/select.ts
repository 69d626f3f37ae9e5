import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

export const selectKernels: KernelTable = {
  Select: ({ inputs, backend }) => {
    const { condition, t, e } = inputs as Record<"condition" | "t" | "e", TensorInfo>;
    const isWhole = util.arraysEqual(condition.shape, t.shape) && util.arraysEqual(t.shape, e.shape);
    const hasWords = t.dtype === e.dtype && (t.dtype === "float32" || t.dtype === "int32");
    if (!isWhole || !hasWords || condition.dtype !== "bool") return undefined;
    const from = [backend.address(condition), backend.address(t), backend.address(e)];
    const output = backend.output(t.shape, t.dtype);
    backend.pool.run("select4", [...from, backend.address(output)], util.sizeFromShape(t.shape), 1);
    return output;
  },
};
