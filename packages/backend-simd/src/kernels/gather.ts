import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { filled } from "./fill.js";
import { elementBytes, type KernelTable } from "./kernel.js";

/** The fewest and the most columns that one thread adds to segments. */
const NARROW = 16;
const WIDE = 256;

export const gatherKernels: KernelTable = {
  GatherV2: ({ inputs, attrs, backend }) => {
    const { x, indices } = inputs as Record<"x" | "indices", TensorInfo>;
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined || indices.dtype !== "int32") return undefined;
    const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0] as number;
    const batchDims = normalizeBatchDims((attrs.batchDims as number | undefined) ?? 0, indices.shape.length);
    const length = x.shape[axis] as number;
    const inner = util.sizeFromShape(x.shape.slice(axis + 1));
    const batch = util.sizeFromShape(x.shape.slice(0, batchDims));
    const outer = util.sizeFromShape(x.shape.slice(batchDims, axis));
    const total = util.sizeFromShape(indices.shape);
    const from = backend.address(x);
    const at = backend.address(indices);
    const outside = backend.pool.kernels.findOutside?.(at, total, length) as unknown as number;
    if (outside !== -1) {
      throw new RangeError(
        `gather: indices: expected integers from 0 to ${length - 1}, got ${backend.values(indices)[outside]} at ${outside}`,
      );
    }
    const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
    const output = backend.output(shape, x.dtype);
    const count = batch === 0 ? 0 : total / batch;
    const args = [from, at, backend.address(output), outer, length, count, inner * bytes];
    backend.pool.run("gatherRows", args, batch * outer * count, inner);
    return output;
  },
  OneHot: ({ inputs, attrs, backend }) => {
    const { indices } = inputs as { indices: TensorInfo };
    const { depth, onValue, offValue, dtype } = attrs as {
      depth: number;
      onValue: number;
      offValue: number;
      dtype: "float32" | "int32" | "bool";
    };
    if (dtype === "bool") return undefined;
    const at = backend.address(indices);
    const output = filled(backend, [...indices.shape, depth], dtype, offValue);
    const to = backend.address(output);
    const ids = backend.heap.int32.subarray(at / 4, at / 4 + util.sizeFromShape(indices.shape));
    const heap = dtype === "float32" ? backend.heap.float32 : backend.heap.int32;
    for (const [i, id] of ids.entries()) if (id >= 0 && id < depth) heap[to / 4 + i * depth + id] = onValue;
    return output;
  },
  UnsortedSegmentSum: ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as Record<"x" | "segmentIds", TensorInfo>;
    if (x.dtype !== "float32" || segmentIds.dtype !== "int32") return undefined;
    const { numSegments } = attrs as { numSegments: number };
    const rows = util.sizeFromShape(segmentIds.shape);
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const inner = util.sizeFromShape(rowShape);
    const from = backend.address(x);
    const ids = backend.address(segmentIds);
    const output = filled(backend, [numSegments, ...rowShape], "float32", 0);
    const strip = Math.min(WIDE, Math.max(NARROW, Math.ceil(inner / 128) * 16));
    const args = [from, ids, backend.address(output), rows, numSegments, inner, strip];
    backend.pool.run("addSegments", args, Math.ceil(inner / strip), rows * strip);
    return output;
  },
};

function normalizeBatchDims(batchDims: number, rank: number): number {
  return batchDims < 0 ? batchDims + rank : batchDims;
}
