import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { multiply, multiplyBatch } from "../multiply.js";
import { combine } from "./elementwise-binary.js";
import { areAll, type KernelArguments, type KernelTable } from "./kernel.js";

export const matMulKernels: KernelTable = {
  BatchMatMul: ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    return areAll("float32", a, b) ? matMul(backend, a, b, transposeA, transposeB) : undefined;
  },
  Linear: ({ inputs, attrs, backend }) => {
    const { x, weight } = inputs as { x: TensorInfo; weight: TensorInfo };
    return areAll("float32", x, weight) ? matMul(backend, x, weight, false, attrs.isTransposed as boolean) : undefined;
  },
  _FusedMatMul: (args) => fusedMatMul(args),
};

/** The product of the last two axes, the others broadcasting. */
export function matMul(
  backend: SimdBackend,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  const [rankA, rankB] = [a.shape.length, b.shape.length];
  const [rowsA, columnsA] = [a.shape[rankA - 2] as number, a.shape[rankA - 1] as number];
  const [rowsB, columnsB] = [b.shape[rankB - 2] as number, b.shape[rankB - 1] as number];
  const m = transposeA ? columnsA : rowsA;
  const k = transposeA ? rowsA : columnsA;
  const n = transposeB ? rowsB : columnsB;
  if (k !== (transposeB ? columnsB : rowsB)) {
    const of = ({ shape }: TensorInfo, isTransposed: boolean) => `[${shape.join(", ")}]${isTransposed ? "ᵀ" : ""}`;
    throw new Error(`matMul: inner sizes differ: ${of(a, transposeA)} and ${of(b, transposeB)}`);
  }
  const product = { transposeA, transposeB, m, n, k, lda: columnsA, ldb: columnsB, ldc: n };
  const fromA = backend.address(a);
  const fromB = backend.address(b);
  if (rankA === 2 && rankB === 2) {
    const output = backend.output([m, n]);
    multiply(backend, product, fromA, fromB, backend.address(output));
    return output;
  }
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batchShape = backend_util.assertAndGetBroadcastShape(batchA, batchB);
  const size = util.sizeFromShape(batchShape);
  const output = backend.output([...batchShape, m, n]);
  const to = backend.address(output);
  const [countA, countB] = [util.sizeFromShape(batchA), util.sizeFromShape(batchB)];
  if (countB === 1 && countA === size && !transposeA) {
    // One matrix for all: their rows are those of one product.
    multiply(backend, { ...product, m: m * size }, fromA, fromB, to);
  } else if ((countA === size || countA === 1) && (countB === size || countB === 1)) {
    const [strideA, strideB] = [countA === 1 ? 0 : m * k, countB === 1 ? 0 : k * n];
    multiplyBatch(backend, product, { size, strideA, strideB, strideC: m * n }, fromA, fromB, to);
  } else {
    // Both broadcast: product by product.
    const [stridesA, stridesB] = [broadcastStrides(batchA, batchShape), broadcastStrides(batchB, batchShape)];
    for (let i = 0; i < size; i++) {
      let [left, offsetA, offsetB] = [i, 0, 0];
      for (let axis = batchShape.length - 1; axis >= 0; axis--) {
        const index = left % (batchShape[axis] as number);
        left = Math.floor(left / (batchShape[axis] as number));
        offsetA += index * (stridesA[axis] as number) * m * k;
        offsetB += index * (stridesB[axis] as number) * k * n;
      }
      multiply(backend, product, fromA + offsetA * 4, fromB + offsetB * 4, to + i * m * n * 4);
    }
  }
  return output;
}

function fusedMatMul({ inputs, attrs, backend }: KernelArguments): TensorInfo | undefined {
  const { a, b, bias } = inputs as { a: TensorInfo; b: TensorInfo; bias?: TensorInfo };
  const { transposeA, transposeB, activation } = attrs as {
    transposeA: boolean;
    transposeB: boolean;
    activation?: string;
  };
  const unary = { linear: undefined, relu: "reluOf", sigmoid: "sigmoidOf" }[activation ?? "linear"];
  const isKnown = unary !== undefined || (activation ?? "linear") === "linear";
  if (!isKnown || !areAll("float32", a, b, ...(bias === undefined ? [] : [bias]))) return undefined;
  let output = matMul(backend, a, b, transposeA, transposeB);
  if (bias !== undefined) {
    const biased = combine(backend, "add", output, bias, "float32", 1);
    backend.disposeData(output.dataId);
    output = biased;
  }
  if (unary !== undefined) {
    const at = backend.address(output);
    backend.pool.run(unary, [at, at], util.sizeFromShape(output.shape), 2);
  }
  return output;
}
