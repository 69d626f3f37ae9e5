import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

export const activationKernels: KernelTable = {
  ReluGrad: ({ inputs, backend }) => {
    const { dy, y } = inputs as Record<"dy" | "y", TensorInfo>;
    const from = [backend.address(dy), backend.address(y)];
    const dx = backend.output(y.shape);
    backend.pool.run("reluGrad", [...from, backend.address(dx)], util.sizeFromShape(y.shape), 1);
    return dx;
  },
  GatedGelu: ({ inputs, backend }) => {
    const { gate, x } = inputs as Record<"gate" | "x", TensorInfo>;
    const from = [backend.address(gate), backend.address(x)];
    const y = backend.output(x.shape);
    backend.pool.run("gatedGelu", [...from, backend.address(y)], util.sizeFromShape(x.shape), 7);
    return y;
  },
  GatedGeluGrad: ({ inputs, backend }) => {
    const { dy, gate, x } = inputs as Record<"dy" | "gate" | "x", TensorInfo>;
    const from = [backend.address(dy), backend.address(gate), backend.address(x)];
    const grads = [backend.output(x.shape), backend.output(x.shape)];
    const to = grads.map((grad) => backend.address(grad));
    backend.pool.run("gatedGeluGrad", [...from, ...to], util.sizeFromShape(x.shape), 10);
    return grads;
  },
};
