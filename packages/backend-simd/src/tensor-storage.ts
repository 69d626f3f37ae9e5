import type { backend_util, DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { Block } from "./allocator.js";
import type { Heap } from "./heap.js";

/**
 * The values of one tensor, in the form in which tfjs's CPU kernels look for them.
 *
 * They are in the heap, or still where a CPU kernel left them in JavaScript until a kernel of ours wants their address.
 * Strings and complex numbers never go to the heap.
 */
export class TensorStorage {
  readonly dtype: DataType;
  refCount = 1;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  readonly #heap: Heap;
  #block: Block | undefined;
  #length: number;
  #values: backend_util.BackendValues | undefined;

  private constructor(heap: Heap, dtype: DataType, length: number) {
    this.#heap = heap;
    this.dtype = dtype;
    this.#length = length;
  }

  /** `length` values in the heap, not set. */
  static inHeap(heap: Heap, dtype: DataType, length: number): TensorStorage {
    const storage = new TensorStorage(heap, dtype, length);
    storage.#block = heap.allocate(length * bytesPerElement(dtype));
    return storage;
  }

  /** Values that stay in JavaScript for now; the caller leaves them alone from here on. */
  static inJavaScript(heap: Heap, dtype: DataType, values: backend_util.BackendValues | undefined): TensorStorage {
    const storage = new TensorStorage(heap, dtype, values?.length ?? 0);
    storage.#values = values;
    return storage;
  }

  /** The values: a view of the heap, valid until something is allocated, or the array a CPU kernel left. */
  get values(): backend_util.BackendValues | undefined {
    if (this.#block === undefined) return this.#values;
    const begin = this.#block.address;
    if (this.dtype === "bool") return this.#heap.bytes.subarray(begin, begin + this.#length);
    const all = this.dtype === "int32" ? this.#heap.int32 : this.#heap.float32;
    return all.subarray(begin / 4, begin / 4 + this.#length);
  }

  set values(values: backend_util.BackendValues | undefined) {
    this.free();
    this.#values = values;
    this.#length = values?.length ?? 0;
  }

  /** Where in the heap the values are; they are brought there if they aren't. */
  get address(): number {
    if (this.#block === undefined) {
      if (this.#values === undefined) throw new Error("simd: a tensor without values, or one that was disposed of");
      const values = this.#values as ArrayLike<number>;
      this.#block = this.#heap.allocate(this.#length * bytesPerElement(this.dtype));
      this.#values = undefined;
      (this.values as Float32Array).set(values);
    }
    return this.#block.address;
  }

  /** Gives the heap back what it lent. */
  free(): void {
    if (this.#block !== undefined) this.#heap.free(this.#block);
    this.#block = undefined;
    this.#values = undefined;
  }
}

function bytesPerElement(dtype: DataType): number {
  return dtype === "bool" ? 1 : 4;
}
