import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { KernelTable } from "./kernel.js";
import { transposed, transposeMatrices } from "./transpose.js";

/** Values of one long row that one thread adds up. */
const PIECE = 16_384;
/** Columns that one thread adds up together: a page of each row. */
const STRIP = 1_024;

export const reductionKernels: KernelTable = {
  Sum: ({ inputs, attrs, backend }) => {
    const { axis, keepDims } = attrs as { axis: number | number[]; keepDims: boolean };
    return reduce(backend, inputs.x as TensorInfo, axis, keepDims, (plan) => sum(backend, plan, 1));
  },
  Mean: ({ inputs, attrs, backend }) => {
    const { axis, keepDims } = attrs as { axis: number | number[]; keepDims: boolean };
    return reduce(backend, inputs.x as TensorInfo, axis, keepDims, (plan) => sum(backend, plan, 1 / plan.length));
  },
  Max: ({ inputs, attrs, backend }) => {
    const { reductionIndices, keepDims } = attrs as { reductionIndices: number | number[]; keepDims: boolean };
    return reduce(backend, inputs.x as TensorInfo, reductionIndices, keepDims, (plan) =>
      extreme(backend, "maxRows", plan),
    );
  },
  Min: ({ inputs, attrs, backend }) => {
    const { axis, keepDims } = attrs as { axis: number | number[]; keepDims: boolean };
    return reduce(backend, inputs.x as TensorInfo, axis, keepDims, (plan) => extreme(backend, "minRows", plan));
  },
  ArgMax: ({ inputs, attrs, backend }) => arg(backend, inputs.x as TensorInfo, attrs.axis as number | number[], true),
  ArgMin: ({ inputs, attrs, backend }) => arg(backend, inputs.x as TensorInfo, attrs.axis as number | number[], false),
};

/** A reduction as that of the middle axis of [outer, length, inner]. */
type Plan = { from: number; to: number; outer: number; length: number; inner: number };

function reduce(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number | number[],
  keepDims: boolean,
  run: (plan: Plan) => void,
): TensorInfo | undefined {
  if (x.dtype !== "float32" || x.shape.includes(0)) return undefined;
  const axes = util.parseAxisParam(axis, x.shape);
  const [reducedShape, lengths] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const outShape = keepDims ? backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape;
  const length = util.sizeFromShape(lengths);
  if (length === 1) return backend.alias(x, outShape);
  // The reduced axes must be neighbours; axes of size 1 don't count.
  const isReduced = x.shape.map((_, i) => axes.includes(i));
  const wide = x.shape.flatMap((size, i) => (size === 1 ? [] : [i]));
  const first = wide.findIndex((i) => isReduced[i]);
  const last = wide.findLastIndex((i) => isReduced[i]);
  const areNeighbours = wide.slice(first, last + 1).every((i) => isReduced[i]);
  let source = x;
  let inner = 1;
  if (areNeighbours) for (const i of wide.slice(last + 1)) inner *= x.shape[i] as number;
  else {
    const kept = x.shape.flatMap((_, i) => (isReduced[i] ? [] : [i]));
    source = transposed(backend, x, [...kept, ...x.shape.flatMap((_, i) => (isReduced[i] ? [i] : []))]);
  }
  const outer = util.sizeFromShape(x.shape) / (length * inner);
  const from = backend.address(source);
  const output = backend.output(outShape);
  run({ from, to: backend.address(output), outer, length, inner });
  if (source !== x) backend.disposeData(source.dataId);
  return output;
}

function sum(backend: SimdBackend, { from, to, outer, length, inner }: Plan, scale: number): void {
  if (inner > 1) {
    const strip = Math.min(STRIP, Math.max(64, Math.ceil(inner / 64) * 16));
    const parts = outer * Math.ceil(inner / strip);
    backend.pool.run("sumColumns", [from, to, length, inner, scale, strip], parts, length * Math.min(strip, inner));
  } else if (outer === 1 && length > PIECE) {
    const pieces = Math.ceil(length / PIECE);
    backend.withMemory(pieces * 8, (sums) => {
      backend.pool.run("sumPieces", [from, sums, length, PIECE], pieces, PIECE);
      backend.pool.kernels.addDoubles?.(sums, to, pieces, scale);
    });
  } else backend.pool.run("sumRows", [from, to, length, scale], outer, length);
}

function extreme(backend: SimdBackend, name: string, { from, to, outer, length, inner }: Plan): void {
  if (inner === 1) {
    backend.pool.run(name, [from, to, length], outer, length);
    return;
  }
  // The columns of each entry become rows first.
  backend.withMemory(outer * length * inner * 4, (rows) => {
    transposeMatrices(backend, from, rows, { count: outer, rows: length, columns: inner });
    backend.pool.run(name, [rows, to, length], outer * inner, length);
  });
}

function arg(backend: SimdBackend, x: TensorInfo, axis: number | number[], isMax: boolean): TensorInfo | undefined {
  const [only] = util.parseAxisParam(axis, x.shape) as [number];
  if (x.dtype !== "float32" || only !== x.shape.length - 1 || x.shape.includes(0)) return undefined;
  const length = x.shape[only] as number;
  const from = backend.address(x);
  const output = backend.output(x.shape.slice(0, -1), "int32");
  const rows = util.sizeFromShape(output.shape);
  backend.pool.run("argRows", [from, backend.address(output), length, isMax ? 1 : 0], rows, length);
  return output;
}
