import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { multiply } from "../multiply.js";
import { combine } from "./elementwise-binary.js";
import { areAll, type KernelArguments, type KernelTable } from "./kernel.js";

export const matMulKernels: KernelTable = {
  BatchMatMul: ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    return areAll("float32", a, b) ? matMul(backend, a, b, transposeA, transposeB) : undefined;
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
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [steps, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (k !== steps) {
    const of = ({ shape }: TensorInfo, isTransposed: boolean) => `[${shape.join(", ")}]${isTransposed ? "ᵀ" : ""}`;
    throw new Error(`matMul: inner sizes differ: ${of(a, transposeA)} and ${of(b, transposeB)}`);
  }
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batchShape = backend_util.assertAndGetBroadcastShape(batchA, batchB);
  const batch = util.sizeFromShape(batchShape);
  const fromA = backend.address(a);
  const fromB = backend.address(b);
  const output = backend.output([...batchShape, m, n]);
  const to = backend.address(output);
  const shared = { transposeA, transposeB, n, k, lda: columnsA, ldb: columnsB, ldc: n };
  const [countA, countB] = [util.sizeFromShape(batchA), util.sizeFromShape(batchB)];
  if (countB === 1 && countA === batch && !transposeA) {
    // One matrix for all: their rows are those of one product.
    multiply(backend, { ...shared, m: m * batch, a: fromA, b: fromB, c: to });
  } else if ((countA === batch || countA === 1) && (countB === batch || countB === 1)) {
    const strideA = countA === 1 ? 0 : m * k;
    const strideB = countB === 1 ? 0 : k * n;
    multiply(backend, { ...shared, m, a: fromA, b: fromB, c: to, batch, strideA, strideB, strideC: m * n });
  } else {
    // Both broadcast: product by product.
    const [stridesA, stridesB] = [broadcastStrides(batchA, batchShape), broadcastStrides(batchB, batchShape)];
    for (let i = 0; i < batch; i++) {
      let [left, offsetA, offsetB] = [i, 0, 0];
      for (let axis = batchShape.length - 1; axis >= 0; axis--) {
        const index = left % (batchShape[axis] as number);
        left = Math.floor(left / (batchShape[axis] as number));
        offsetA += index * (stridesA[axis] as number) * m * k;
        offsetB += index * (stridesB[axis] as number) * k * n;
      }
      multiply(backend, { ...shared, m, a: fromA + offsetA * 4, b: fromB + offsetB * 4, c: to + i * m * n * 4 });
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
