import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { dropoutArguments } from "./dropout.js";
import { filled } from "./fill.js";
import type { KernelArguments, KernelTable } from "./kernel.js";

/** The most query rows of a tile, and the most scores. */
const TILE_ROWS = 64;
const TILE_SCORES = 1 << 18;

/** Two words of no stream, a threshold that keeps all, and the scale of what is kept. */
export const NO_DROPOUT = [0, 0, 0, 1] as const;

export const attentionKernels: KernelTable = {
  Attention: ({ inputs, attrs, backend }) => {
    const { query, value, bias } = inputs as Record<"query" | "value" | "bias", TensorInfo>;
    const { batch, heads, queries, keys, depth, tileRows } = sizesOf(inputs);
    const from = [...addressesOf(backend, inputs, "query", "key", "value"), backend.address(bias)];
    const y = backend.output([...query.shape.slice(0, -1), value.shape.at(-1) as number]);
    const logSumExp = backend.output(query.shape.slice(0, -1));
    const to = [backend.address(y), backend.address(logSumExp)];
    const strides = broadcastStrides(bias.shape, [batch, heads, queries, keys]);
    const { first, second, threshold, scale } = dropoutArguments(attrs);
    backend.withMemory(backend.pool.threads * tileRows * keys * 4, (tiles) => {
      const sizes = [heads, queries, keys, depth, ...strides];
      const args = [...from, ...to, 0, ...sizes, first, second, threshold, scale, tiles, tileRows];
      const parts = batch * heads * Math.ceil(queries / tileRows);
      backend.pool.run("attention", args, parts, tileWork(tileRows, keys, depth));
    });
    return [y, logSumExp];
  },
  AttentionGrad: (args) => attentionGrad(args),
};

/** What a tile costs, in elements of a cheap operation. */
export function tileWork(rows: number, keys: number, depth: number): number {
  return rows * keys * Math.ceil(depth / 3 + 8);
}

/** How many rows of queries a tile has. */
export function rowsOfTile(queries: number, keys: number): number {
  return Math.max(1, Math.min(TILE_ROWS, queries, Math.floor(TILE_SCORES / Math.max(1, keys))));
}

function attentionGrad({ inputs, attrs, backend }: KernelArguments): TensorInfo[] {
  const { query, key, value, bias } = inputs as Record<"query" | "key" | "value" | "bias", TensorInfo>;
  const { batch, heads, queries, keys, depth, tileRows } = sizesOf(inputs);
  const from = addressesOf(backend, inputs, "dy", "query", "key", "value", "bias", "y", "logSumExp");
  const grads = [query, key, value].map((tensor) => backend.output(tensor.shape));
  const to = grads.map((grad) => backend.address(grad));
  const strides = broadcastStrides(bias.shape, [batch, heads, queries, keys]) as [number, number, number, number];
  const { first, second, threshold, scale } = dropoutArguments(attrs);
  const groups = groupsOf(strides, batch, heads);
  const run = (dBias: number, dStrideB: number) => {
    backend.withMemory(backend.pool.threads * 2 * tileRows * keys * 4, (tiles) => {
      const sizes = [heads, queries, keys, depth, ...strides, dStrideB, strides[1]];
      const dropout = [first, second, threshold, scale];
      const walk = [groups.groupStride, groups.memberStride, groups.members];
      const args = [...from, ...to, dBias, ...sizes, ...dropout, tiles, tileRows, ...walk];
      const work = groups.members * queries * keys * Math.ceil(depth / 3 + 16);
      backend.pool.run("attentionGrad", args, groups.count, work);
    });
  };
  if (attrs.needsBiasGrad === false) {
    run(0, 0);
    return grads;
  }
  const dBias = filled(backend, bias.shape, "float32", 0);
  if (!groups.isSummed) run(backend.address(dBias), strides[0]);
  else {
    // Every matrix adds to the same bias: each entry of the batch to a copy of its own, then those are added up.
    const size = util.sizeFromShape(bias.shape);
    backend.withMemory(batch * size * 4, (copies) => {
      backend.pool.run("fill4", [copies, 0], batch * size, 0.5);
      run(copies, size);
      const strip = 1024;
      const args = [copies, backend.address(dBias), batch, size, 1, strip];
      backend.pool.run("sumColumns", args, Math.ceil(size / strip), batch * strip);
    });
  }
  return [...grads, dBias];
}

/**
 * Matrices that add to the same part of the bias's gradient go to one thread, one after the other, so that no two write
 * there at once and the order of additions is always the same.
 */
function groupsOf(
  [strideB, strideH]: readonly [number, number, ...number[]],
  batch: number,
  heads: number,
): { count: number; groupStride: number; memberStride: number; members: number; isSummed: boolean } {
  if (strideB !== 0 && strideH !== 0) {
    return { count: batch * heads, groupStride: 1, memberStride: 0, members: 1, isSummed: false };
  }
  if (strideH !== 0) return { count: heads, groupStride: 1, memberStride: heads, members: batch, isSummed: false };
  return { count: batch, groupStride: heads, memberStride: 1, members: heads, isSummed: strideB === 0 };
}

function sizesOf(inputs: Record<string, TensorInfo>): {
  batch: number;
  heads: number;
  queries: number;
  keys: number;
  depth: number;
  tileRows: number;
} {
  const [batch, heads, queries, depth] = (inputs.query as TensorInfo).shape as [number, number, number, number];
  const keys = (inputs.key as TensorInfo).shape[2] as number;
  return { batch, heads, queries, keys, depth, tileRows: rowsOfTile(queries, keys) };
}

function addressesOf(backend: SimdBackend, inputs: Record<string, TensorInfo>, ...names: string[]): number[] {
  return names.map((name) => backend.address(inputs[name] as TensorInfo));
}
