import { describe, expect, it } from "vitest";
import { Heap } from "./heap.js";

describe.each([
  ["shared", true],
  ["unshared", false],
])("Heap, %s", (_, isShared) => {
  it("keeps what is in it when it grows", () => {
    const heap = new Heap(isShared);
    const block = heap.allocate(64);
    heap.float32.set([1, 2, 3], block.address / 4);
    const before = heap.sizeBytes;
    const far = heap.allocate(50_000_000);
    expect(heap.sizeBytes).toBeGreaterThan(before);
    heap.bytes[far.address + 49_999_999] = 7;
    expect(Array.from(heap.float32.subarray(block.address / 4, block.address / 4 + 3))).toEqual([1, 2, 3]);
    expect(heap.bytes[far.address + 49_999_999]).toBe(7);
    expect(heap.memory.buffer instanceof ArrayBuffer).toBe(!isShared);
  });

  it("reaches almost 4 GiB and says what to do beyond", () => {
    const heap = new Heap(isShared);
    const blocks = [1, 2, 3].map(() => heap.allocate(2 ** 30));
    expect(() => heap.allocate(2 ** 30)).toThrow(
      /out of memory: \d+ MiB more than the heap's \d+ MiB are needed, and WebAssembly here ends at 4096 MiB; 3072 MiB are in use\. Dispose/,
    );
    heap.bytes[blocks[2]!.address + 2 ** 30 - 1] = 9;
    expect(heap.bytes[blocks[2]!.address + 2 ** 30 - 1]).toBe(9);
    heap.free(blocks[1]!);
    expect(heap.allocate(2 ** 30).address).toBe(blocks[1]!.address);
  });
});
