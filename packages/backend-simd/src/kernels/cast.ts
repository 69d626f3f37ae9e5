import { type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelTable } from "./kernel.js";

const CASTS: Record<string, string> = {
  "float32 int32": "floatToInt",
  "int32 float32": "intToFloat",
  "bool int32": "boolToInt",
  "bool float32": "boolToFloat",
};

export const castKernels: KernelTable = {
  Cast: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    const { dtype } = attrs as { dtype: DataType };
    const name = CASTS[`${x.dtype} ${dtype}`];
    if (name === undefined) return undefined;
    const from = backend.address(x);
    const output = backend.output(x.shape, dtype);
    backend.pool.run(name, [from, backend.address(output)], util.sizeFromShape(x.shape), 1);
    return output;
  },
};
