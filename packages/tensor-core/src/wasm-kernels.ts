import * as tf from "@tensorflow/tfjs-core";

/** What we use of tfjs's `BackendWasm`, whose type doesn't say all of it. */
type WasmBackend = tf.KernelBackend & {
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  /** A view into the heap; growth of the heap detaches it, so it's taken anew after each allocation. */
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array | Uint8Array;
};

/**
 * Puts right what keeps tfjs's wasm backend 4.22 from training. Once is enough; again changes nothing.
 *
 * - `UnsortedSegmentSum`, the gradient of an embedding, doesn't exist (tfjs#8082).
 * - `BatchMatMul` has a fast path for one product of plain matrices; with a transposed operand or a batch it is 15 to
 *   40 times slower (0.5–1.5 GFLOP/s against 18). We transpose first and multiply batch by batch.
 */
export function registerWasmKernels(): void {
  if (isRegistered) return;
  isRegistered = true;
  tf.registerKernel({ kernelName: "UnsortedSegmentSum", backendName: "wasm", kernelFunc: unsortedSegmentSum });
  const stock = tf.getKernel("BatchMatMul", "wasm").kernelFunc;
  tf.unregisterKernel("BatchMatMul", "wasm");
  tf.registerKernel({ kernelName: "BatchMatMul", backendName: "wasm", kernelFunc: (args) => batchMatMul(args, stock) });
}

let isRegistered = false;

type KernelArgs = Parameters<tf.KernelFunc>[0];

/** Sums the rows of x with equal segment ids; ids outside 0 … numSegments - 1 are left out, as on the cpu backend. */
function unsortedSegmentSum({ inputs, attrs, backend }: KernelArgs): tf.TensorInfo {
  const { x, segmentIds } = inputs as Record<"x" | "segmentIds", tf.TensorInfo>;
  const numSegments = (attrs as unknown as { numSegments: number }).numSegments;
  const wasm = backend as WasmBackend;
  const rowShape = x.shape.slice(segmentIds.shape.length);
  const rowSize = tf.util.sizeFromShape(rowShape);
  const output = wasm.makeOutput([numSegments, ...rowShape], x.dtype);
  const sums = wasm.typedArrayFromHeap(output).fill(0);
  const values = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] as number;
    if (segment < 0 || segment >= numSegments) continue;
    const to = segment * rowSize;
    const from = row * rowSize;
    for (let i = 0; i < rowSize; i++) sums[to + i]! += values[from + i]!;
  }
  return output;
}

function batchMatMul(args: KernelArgs, stock: tf.KernelFunc): tf.TensorInfo {
  return fewRowsByTransposed(args, stock) ?? productByProduct(args, stock);
}

/**
 * A few rows a [m, k] times a large b [n, k], transposed, as (b aᵀ)ᵀ: the linear maps of a decoding step. Transposing
 * their weights for each token would take most of the time.
 */
function fewRowsByTransposed({ inputs, attrs, backend }: KernelArgs, stock: tf.KernelFunc): tf.TensorInfo | undefined {
  const { a, b } = inputs as Record<"a" | "b", tf.TensorInfo>;
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-2) as number;
  const isPlain = tf.util.sizeFromShape(a.shape) === m * k && tf.util.sizeFromShape(b.shape) === n * k;
  if (transposeA || !transposeB || !isPlain || m * n * k === 0 || m * (k + n) >= n * k) return undefined;
  const wasm = backend as WasmBackend;
  const columns = transposeLast(a, wasm);
  const plain = { transposeA: false, transposeB: false } as unknown as tf.NamedAttrMap;
  const product = stock({ inputs: { a: b, b: columns }, attrs: plain, backend }) as tf.TensorInfo;
  const rows = transposeLast(product, wasm);
  wasm.disposeData(columns.dataId);
  wasm.disposeData(product.dataId);
  return { ...rows, shape: [...a.shape.slice(0, -1), n] };
}

function productByProduct({ inputs, attrs, backend }: KernelArgs, stock: tf.KernelFunc): tf.TensorInfo {
  const wasm = backend as WasmBackend;
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const a = transposeA ? transposeLast(inputs.a as tf.TensorInfo, wasm) : (inputs.a as tf.TensorInfo);
  const b = transposeB ? transposeLast(inputs.b as tf.TensorInfo, wasm) : (inputs.b as tf.TensorInfo);
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  const multiply = (left: tf.TensorInfo, right: tf.TensorInfo): tf.TensorInfo =>
    stock({
      inputs: { a: left, b: right },
      attrs: { transposeA: false, transposeB: false } as unknown as tf.NamedAttrMap,
      backend,
    }) as tf.TensorInfo;
  const [batchA, batchB] = [a, b].map((x) => tf.util.sizeFromShape(x.shape.slice(0, -2))) as [number, number];
  const batch = Math.max(batchA, batchB);
  const batchShape = batchA >= batchB ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  let output: tf.TensorInfo;
  if (batch === 1 || m * n * k === 0) output = multiply(a, b);
  else {
    output = wasm.makeOutput([...batchShape, m, n], "float32");
    const left = wasm.makeOutput([m, k], "float32");
    // XNNPACK keeps a packed copy of the right operand by the id of its tensor, so each product needs a new one.
    for (let i = 0; i < batch; i++) {
      const right = wasm.makeOutput([k, n], "float32");
      copy(wasm, a, (batchA === 1 ? 0 : i) * m * k, left);
      copy(wasm, b, (batchB === 1 ? 0 : i) * k * n, right);
      const product = multiply(left, right);
      wasm.typedArrayFromHeap(output).set(wasm.typedArrayFromHeap(product), i * m * n);
      wasm.disposeData(product.dataId);
      wasm.disposeData(right.dataId);
    }
    wasm.disposeData(left.dataId);
  }
  if (transposeA) wasm.disposeData(a.dataId);
  if (transposeB) wasm.disposeData(b.dataId);
  return output.shape.length === batchShape.length + 2 ? output : { ...output, shape: [...batchShape, m, n] };
}

function copy(wasm: WasmBackend, from: tf.TensorInfo, offset: number, to: tf.TensorInfo): void {
  const target = wasm.typedArrayFromHeap(to);
  target.set(wasm.typedArrayFromHeap(from).subarray(offset, offset + target.length));
}

function transposeLast(x: tf.TensorInfo, wasm: WasmBackend): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => axis);
  [perm[rank - 1], perm[rank - 2]] = [rank - 2, rank - 1];
  const transpose = tf.getKernel("Transpose", "wasm").kernelFunc;
  return transpose({ inputs: { x }, attrs: { perm } as unknown as tf.NamedAttrMap, backend: wasm }) as tf.TensorInfo;
}
