import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

export const quantizeRowsKernels: KernelTable = {
  QuantizeRows: ({ inputs, backend }) => {
    const weight = inputs.weight as TensorInfo;
    const [rows, length] = weight.shape as [number, number];
    // Four codes to an element, and whole vectors of them.
    const codes = backend.output([rows, 4 * Math.ceil(length / 16)], "int32");
    const outputs = [codes, backend.output([rows]), backend.output([rows])];
    const [from, ...to] = [weight, ...outputs].map((tensor) => backend.address(tensor)) as [number, ...number[]];
    backend.pool.run("quantizeRows", [from, length, ...to], rows, length);
    return outputs;
  },
};
