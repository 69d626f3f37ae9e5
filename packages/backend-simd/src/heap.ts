import { ALIGNMENT, Allocator, type Block } from "./allocator.js";

const PAGE = 65_536;
/** Where tensors begin: below are what the wasm module keeps for itself and the control block of the threads. */
export const HEAP_START: number = 4 * PAGE;
/** The most a 32-bit module can address; where a platform grants less, halves of it are tried. */
const MAX_PAGES = 65_536;
const MIN_PAGES = 4_096;

/** Views of the whole heap, one for each type that a tensor can have there. */
type Views = { buffer: ArrayBufferLike; float32: Float32Array; int32: Int32Array; bytes: Uint8Array };

/**
 * The one memory in which tensors live.
 *
 * Growth detaches the views of an unshared memory and leaves those of a shared one too short: never keep a view, ask
 * for it again.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly isShared: boolean;
  readonly allocator: Allocator;
  readonly #maxPages: number;
  #views: Views;

  constructor(isShared: boolean) {
    const { memory, maxPages } = createMemory(isShared);
    this.memory = memory;
    this.isShared = isShared;
    this.#maxPages = maxPages;
    this.#views = viewsOf(memory.buffer);
    this.allocator = new Allocator(HEAP_START, (end) => this.#growTo(end));
  }

  get sizeBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** What it may grow to. */
  get mostBytes(): number {
    return this.#maxPages * PAGE;
  }

  get float32(): Float32Array {
    return this.#current().float32;
  }

  get int32(): Int32Array {
    return this.#current().int32;
  }

  get bytes(): Uint8Array {
    return this.#current().bytes;
  }

  #current(): Views {
    const { buffer } = this.memory;
    if (this.#views.buffer !== buffer) this.#views = viewsOf(buffer);
    return this.#views;
  }

  #growTo(end: number): void {
    const size = this.sizeBytes;
    if (end <= size) return;
    // Short of the last line, so that the end of a block is an address too.
    const limit = this.mostBytes - ALIGNMENT;
    const live = this.allocator.liveBytes;
    const refuse = (why: string, cause?: unknown): never => {
      const wanted = Math.ceil((end - size) / 2 ** 20);
      const message = `simd: out of memory: ${wanted} MiB more than the heap's ${Math.round(size / 2 ** 20)} MiB are needed`;
      const hint = "Dispose of tensors (tf.tidy), or use smaller batches or shorter sequences";
      throw new RangeError(`${message}, ${why}; ${Math.round(live / 2 ** 20)} MiB are in use. ${hint}`, { cause });
    };
    if (end > limit) refuse(`and WebAssembly here ends at ${this.mostBytes / 2 ** 20} MiB`);
    // An eighth more than needed, so that growing tensor by tensor doesn't ask the platform each time.
    const generous = Math.min(this.#maxPages, Math.ceil(Math.max(end, size * 1.125) / PAGE));
    try {
      this.memory.grow(generous - size / PAGE);
    } catch {
      try {
        this.memory.grow(Math.ceil((end - size) / PAGE));
      } catch (error) {
        refuse("which the platform refuses", error);
      }
    }
  }

  allocate(bytes: number): Block {
    return this.allocator.allocate(bytes);
  }

  free(block: Block): void {
    this.allocator.free(block);
  }
}

function createMemory(isShared: boolean): { memory: WebAssembly.Memory; maxPages: number } {
  const initial = HEAP_START / PAGE;
  for (let maxPages = MAX_PAGES; ; maxPages /= 2) {
    try {
      return { memory: new WebAssembly.Memory({ initial, maximum: maxPages, shared: isShared }), maxPages };
    } catch (error) {
      if (maxPages <= MIN_PAGES) throw error;
    }
  }
}

function viewsOf(buffer: ArrayBufferLike): Views {
  return {
    buffer,
    float32: new Float32Array(buffer),
    int32: new Int32Array(buffer),
    bytes: new Uint8Array(buffer),
  };
}
