import { util } from "@tensorflow/tfjs-core";
import type { KernelTable, SimdKernel } from "./kernel.js";

/** Functions of one float. Cost is in units of an addition. */
export const unaryKernels: KernelTable = {
  Abs: unary("absOf", 1),
  Ceil: unary("ceilOf", 1),
  Erf: unary("erfOf", 6),
  Exp: unary("expOf", 4),
  Floor: unary("floorOf", 1),
  Log: unary("logOf", 5),
  Neg: unary("negOf", 1),
  Reciprocal: unary("reciprocalOf", 2),
  Relu: unary("reluOf", 1),
  Round: unary("roundOf", 1),
  Rsqrt: unary("rsqrtOf", 3),
  Sigmoid: unary("sigmoidOf", 5),
  Sqrt: unary("sqrtOf", 2),
  Square: unary("squareOf", 1),
  Tanh: unary("tanhOf", 7),
  LogicalNot: ({ inputs, backend }) => {
    const { x } = inputs as { x: (typeof inputs)[string] };
    if (x.dtype !== "bool") return undefined;
    const from = backend.address(x);
    const output = backend.output(x.shape, "bool");
    backend.pool.run("logicalNot", [from, backend.address(output)], util.sizeFromShape(x.shape), 1);
    return output;
  },
  ClipByValue: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: (typeof inputs)[string] };
    if (x.dtype !== "float32") return undefined;
    const { clipValueMin, clipValueMax } = attrs as { clipValueMin: number; clipValueMax: number };
    const from = backend.address(x);
    const output = backend.output(x.shape);
    const args = [from, backend.address(output), clipValueMin, clipValueMax];
    backend.pool.run("clip", args, util.sizeFromShape(x.shape), 1);
    return output;
  },
};

function unary(name: string, cost: number): SimdKernel {
  return ({ inputs, backend }) => {
    const { x } = inputs as { x: (typeof inputs)[string] };
    if (x.dtype !== "float32") return undefined;
    const from = backend.address(x);
    const output = backend.output(x.shape);
    backend.pool.run(name, [from, backend.address(output)], util.sizeFromShape(x.shape), cost);
    return output;
  };
}
