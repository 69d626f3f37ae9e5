import { backend_util, type DataType, type TensorInfo } from "@tensorflow/tfjs-core";
import { LAYOUT_ADDRESS, type SimdBackend } from "../backend.js";
import { broadcastStrides, mergeAxes, writeLayout } from "../layout.js";
import { areAll, type KernelTable, type SimdKernel } from "./kernel.js";

/** Functions of two numbers of one type, with broadcasting. */
export const binaryKernels: KernelTable = {
  Add: arithmetic("add", "addInt"),
  Maximum: arithmetic("maximum", "maximumInt"),
  Minimum: arithmetic("minimum", "minimumInt"),
  Multiply: arithmetic("mul", "mulInt"),
  Pow: arithmetic("pow", undefined, 40),
  RealDiv: arithmetic("div", undefined, 2),
  SquaredDifference: arithmetic("squaredDifference", undefined),
  Sub: arithmetic("sub", "subInt"),
  AddN: ({ inputs, backend }) => {
    const [first, ...others] = Object.values(inputs) as [TensorInfo, ...TensorInfo[]];
    if (others.length === 0 || !areAll("float32", first, ...others)) return undefined;
    let sum = first;
    for (const other of others) {
      const next = combine(backend, "add", sum, other, "float32", 1);
      if (sum !== first) backend.disposeData(sum.dataId);
      sum = next;
    }
    return sum;
  },
  Equal: comparison("equal"),
  Greater: comparison("greater"),
  GreaterEqual: comparison("greaterEqual"),
  Less: comparison("less"),
  LessEqual: comparison("lessEqual"),
  NotEqual: comparison("notEqual"),
  LogicalAnd: logical(true),
  LogicalOr: logical(false),
};

function arithmetic(ofFloats: string, ofInts: string | undefined, cost = 1): SimdKernel {
  return ({ inputs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    if (areAll("float32", a, b)) return combine(backend, ofFloats, a, b, "float32", cost);
    if (ofInts !== undefined && areAll("int32", a, b)) return combine(backend, ofInts, a, b, "int32", cost);
    return undefined;
  };
}

function comparison(name: string): SimdKernel {
  return ({ inputs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    if (areAll("float32", a, b)) return combine(backend, name, a, b, "bool", 1);
    if (areAll("int32", a, b)) return combine(backend, `${name}Int`, a, b, "bool", 1);
    return undefined;
  };
}

function logical(isAnd: boolean): SimdKernel {
  return ({ inputs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    return areAll("bool", a, b) ? combine(backend, "logical", a, b, "bool", 1, [isAnd ? 1 : 0]) : undefined;
  };
}

/** Runs one of the module's functions of two values. */
export function combine(
  backend: SimdBackend,
  name: string,
  a: TensorInfo,
  b: TensorInfo,
  dtype: DataType,
  cost: number,
  options: number[] = [],
): TensorInfo {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const fromA = backend.address(a);
  const fromB = backend.address(b);
  const output = backend.output(shape, dtype);
  if (shape.includes(0)) return output;
  const stridesA = broadcastStrides(a.shape, shape);
  const stridesB = broadcastStrides(b.shape, shape);
  const axes = shape.map((size, i) => ({ size, strideA: stridesA[i] as number, strideB: stridesB[i] as number }));
  const { rows, inner, rank } = writeLayout(backend, mergeAxes(axes));
  const args = [fromA, fromB, backend.address(output), ...options, LAYOUT_ADDRESS];
  if (rank === 0) backend.pool.run(name, args, inner, cost);
  else backend.pool.run(name, args, rows, inner * cost);
  return output;
}
