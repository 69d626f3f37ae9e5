import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import type { Blas } from "./blas.js";
import type { Heap } from "./heap.js";
import { TensorStorage } from "./tensor-storage.js";
import { CONTROL_ADDRESS, CONTROL_BYTES } from "./thread-control.js";
import type { ThreadPool } from "./thread-pool.js";

/** Where the layout of the strided kernel at hand lies. */
export const LAYOUT_ADDRESS: number = CONTROL_ADDRESS + CONTROL_BYTES;

/** tfjs's CPU backend with its tensors in a WebAssembly heap, for kernels that work there. */
export class SimdBackend extends MathBackendCPU {
  readonly heap: Heap;
  readonly pool: ThreadPool;
  readonly blas: Blas | undefined;
  readonly #storage: tf.DataStorage<TensorStorage>;
  #isInCpuKernel = false;

  constructor(heap: Heap, pool: ThreadPool, blas: Blas | undefined) {
    super();
    this.heap = heap;
    this.pool = pool;
    this.blas = blas;
    this.#storage = this.data as unknown as tf.DataStorage<TensorStorage>;
  }

  override write(values: tf.backend_util.BackendValues, _shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.#storage.set(dataId, this.#store(values, dtype));
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    _shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    const storage = this.#store(values, dtype);
    storage.refCount = refCount;
    this.#storage.set(dataId, storage);
  }

  #store(values: tf.backend_util.BackendValues, dtype: tf.DataType): TensorStorage {
    if (dtype === "string" || dtype === "complex64" || values === undefined || values === null) {
      return TensorStorage.inJavaScript(this.heap, dtype, values);
    }
    const array = values as tf.TypedArray;
    if (this.#isInCpuKernel) {
      // Nothing is allocated while a CPU kernel runs, since growth would detach the views it holds. What it gives is
      // its own, unless it's a part of an input, which goes with the input.
      const isView = array.buffer === this.heap.memory.buffer;
      return TensorStorage.inJavaScript(this.heap, dtype, isView ? array.slice() : array);
    }
    const storage = TensorStorage.inHeap(this.heap, dtype, array.length);
    (storage.values as tf.TypedArray).set(array);
    return storage;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const { dtype, values } = this.#storage.get(dataId);
    if (dtype === "complex64" || dtype === "string") return super.readSync(dataId);
    // A copy: the heap's next tenant must not show in it.
    return (values as tf.TypedArray).slice();
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#storage.has(dataId)) return true;
    const storage = this.#storage.get(dataId);
    const isDisposed = super.disposeData(dataId, force);
    if (isDisposed) storage.free();
    return isDisposed;
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { unreliable: false, reasons: [] };
  }

  override dispose(): void {
    this.pool.stop();
  }

  /** Runs a kernel of tfjs's CPU backend on this one's tensors. */
  runCpuKernel(kernel: tf.KernelFunc, args: Parameters<tf.KernelFunc>[0]): ReturnType<tf.KernelFunc> {
    const wasInCpuKernel = this.#isInCpuKernel;
    this.#isInCpuKernel = true;
    try {
      return kernel(args);
    } finally {
      this.#isInCpuKernel = wasInCpuKernel;
    }
  }

  /** Where the values of a tensor lie in the heap. Valid until it's disposed of, whatever is allocated. */
  address({ dataId }: tf.TensorInfo): number {
    return this.#storage.get(dataId).address;
  }

  /** A new tensor in the heap whose values aren't set. */
  output(shape: number[], dtype: tf.DataType = "float32"): tf.TensorInfo {
    const dataId = {};
    this.#storage.set(dataId, TensorStorage.inHeap(this.heap, dtype, tf.util.sizeFromShape(shape)));
    return { dataId, shape, dtype };
  }

  /** The same values under another shape. */
  alias({ dataId, dtype }: tf.TensorInfo, shape: number[]): tf.TensorInfo {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** The values of a tensor: to be read at once, not kept. */
  values({ dataId }: tf.TensorInfo): tf.TypedArray {
    return this.#storage.get(dataId).values as tf.TypedArray;
  }

  /** Calls `use` with memory that is free again afterwards. */
  withMemory<T>(bytes: number, use: (address: number) => T): T {
    const block = this.heap.allocate(bytes);
    try {
      return use(block.address);
    } finally {
      this.heap.free(block);
    }
  }
}
