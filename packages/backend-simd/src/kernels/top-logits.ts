import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

export const topLogitsKernels: KernelTable = {
  TopLogits: ({ inputs, attrs, backend }) => {
    const logits = inputs.logits as TensorInfo;
    const [rows, length] = logits.shape as [number, number];
    const count = attrs.count as number;
    const [values, tokens] = [backend.output([rows, count]), backend.output([rows, count], "int32")];
    const outputs = [values, tokens, backend.output([rows])];
    const args = [logits, ...outputs].map((tensor) => backend.address(tensor));
    backend.pool.run("topRows", [...args, length, count], rows, length * 4);
    return outputs;
  },
};
