/**
 * A piece of the heap. Neighbours are linked in the order of addresses, so that a free one can join those beside it.
 *
 * A free block is also linked into the list of its size class.
 */
export type Block = {
  readonly address: number;
  size: number;
  isFree: boolean;
  before: Block | undefined;
  after: Block | undefined;
  previousFree: Block | undefined;
  nextFree: Block | undefined;
};

/** What a block starts and ends on: a cache line, so that no two threads write to the same one. */
export const ALIGNMENT = 64;

/** Classes are powers of two of the size, each in 8 equal parts. */
const PARTS = 8;
const CLASSES = 33 * PARTS;
/** How many blocks of one class are tried for size. */
const LOOKS = 16;

/**
 * Hands out addresses of one growing heap and takes them back: two-level segregated fit, constant time.
 *
 * Knows numbers only: it never reads or writes the heap, so it's the same for shared and unshared memory.
 *
 * Masmano et al. 2004, "TLSF: a new dynamic memory allocator for real-time systems".
 */
export class Allocator {
  /** Bytes in blocks that are handed out, and the most there ever were. */
  liveBytes = 0;
  peakBytes = 0;
  readonly #free: (Block | undefined)[] = new Array(CLASSES);
  readonly #grow: (end: number) => void;
  #last: Block | undefined;
  #end: number;

  /**
   * @param start The first address to hand out.
   * @param grow Makes the heap reach `end`, or throws.
   */
  constructor(start: number, grow: (end: number) => void) {
    this.#end = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
    this.#grow = grow;
  }

  /** A block of at least `bytes`, with whatever was there before in it. */
  allocate(bytes: number): Block {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const block = this.#takeFree(size) ?? this.#append(size);
    block.isFree = false;
    this.liveBytes += block.size;
    if (this.liveBytes > this.peakBytes) this.peakBytes = this.liveBytes;
    return block;
  }

  /** Takes a block back. It must not be used again. */
  free(block: Block): void {
    if (block.isFree) throw new Error(`Allocator.free: the block at ${block.address} is free already`);
    this.liveBytes -= block.size;
    const { before, after } = block;
    if (after?.isFree) {
      this.#unlist(after);
      this.#join(block, after);
    }
    if (before?.isFree) {
      this.#unlist(before);
      this.#join(before, block);
      block = before;
    }
    this.#list(block);
  }

  #takeFree(size: number): Block | undefined {
    // In the class of the size some blocks may be too small, and a step of training asks for the same sizes again and
    // again: a few are looked at. Blocks of the classes above are all large enough.
    let found = this.#free[classOf(size)];
    for (let looks = 0; found !== undefined && found.size < size; looks++) {
      found = looks < LOOKS ? found.nextFree : undefined;
    }
    for (let i = classOf(size) + 1; found === undefined && i < CLASSES; i++) found = this.#free[i];
    if (found === undefined) return undefined;
    this.#unlist(found);
    if (found.size >= size + ALIGNMENT) this.#list(this.#cut(found, size));
    return found;
  }

  /** A new block at the end of the heap, or what is free there made longer. */
  #append(size: number): Block {
    const last = this.#last;
    if (last?.isFree) {
      this.#grow(last.address + size);
      this.#unlist(last);
      last.size = size;
      this.#end = last.address + size;
      return last;
    }
    this.#grow(this.#end + size);
    const block = newBlock(this.#end, size, last);
    if (last !== undefined) last.after = block;
    this.#last = block;
    this.#end += size;
    return block;
  }

  /** Leaves `block` with `size` bytes and returns a block of the rest. */
  #cut(block: Block, size: number): Block {
    const rest = newBlock(block.address + size, block.size - size, block);
    rest.after = block.after;
    if (rest.after === undefined) this.#last = rest;
    else rest.after.before = rest;
    block.after = rest;
    block.size = size;
    return rest;
  }

  #join(block: Block, after: Block): void {
    block.size += after.size;
    block.after = after.after;
    if (block.after === undefined) this.#last = block;
    else block.after.before = block;
  }

  #list(block: Block): void {
    block.isFree = true;
    const index = classOf(block.size);
    const first = this.#free[index];
    block.previousFree = undefined;
    block.nextFree = first;
    if (first !== undefined) first.previousFree = block;
    this.#free[index] = block;
  }

  #unlist(block: Block): void {
    const { previousFree, nextFree } = block;
    if (nextFree !== undefined) nextFree.previousFree = previousFree;
    if (previousFree !== undefined) previousFree.nextFree = nextFree;
    else this.#free[classOf(block.size)] = nextFree;
  }
}

function classOf(size: number): number {
  const power = Math.floor(Math.log2(size));
  return power * PARTS + Math.floor((size / 2 ** power - 1) * PARTS);
}

function newBlock(address: number, size: number, before: Block | undefined): Block {
  return { address, size, isFree: false, before, after: undefined, previousFree: undefined, nextFree: undefined };
}
