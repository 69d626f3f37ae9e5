import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { ALIGNMENT, Allocator, type Block } from "./allocator.js";

function create(start = 0): { allocator: Allocator; end(): number } {
  let reached = start;
  const allocator = new Allocator(start, (end) => {
    reached = Math.max(reached, end);
  });
  return { allocator, end: () => reached };
}

describe("Allocator", () => {
  it("gives whole cache lines that don't overlap", () => {
    const { allocator } = create(100);
    const blocks = [0, 1, 64, 65, 1000].map((bytes) => allocator.allocate(bytes));
    expect(blocks.map(({ size }) => size)).toEqual([64, 64, 64, 128, 1024]);
    expect(blocks.map(({ address }) => address)).toEqual([128, 192, 256, 320, 448]);
  });

  it("gives the same memory again to what asks for the same sizes again", () => {
    const { allocator, end } = create();
    const sizes = [4096, 640, 64, 100_000, 640, 12_345];
    const step = () => {
      for (const block of sizes.map((size) => allocator.allocate(size))) allocator.free(block);
    };
    step();
    const after = end();
    for (let i = 0; i < 1000; i++) step();
    expect(end()).toBe(after);
  });

  it("joins free neighbours, whatever the order in which they became free", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
    ]) {
      const { allocator, end } = create();
      const blocks = [0, 1, 2].map(() => allocator.allocate(1024));
      const guard = allocator.allocate(64);
      for (const i of order) allocator.free(blocks[i]!);
      expect(allocator.allocate(3 * 1024).address).toBe(0);
      expect(end()).toBe(3 * 1024 + 64);
      allocator.free(guard);
    }
  });

  it("makes what is free at the end longer instead of leaving it", () => {
    const { allocator, end } = create();
    allocator.free(allocator.allocate(1000));
    expect(allocator.allocate(5000).address).toBe(0);
    expect(end()).toBe(5056);
  });

  it("keeps count of live and peak bytes", () => {
    const { allocator } = create();
    const [a, b] = [allocator.allocate(64), allocator.allocate(128)];
    allocator.free(a);
    expect([allocator.liveBytes, allocator.peakBytes]).toEqual([128, 192]);
    allocator.free(b);
    expect([allocator.liveBytes, allocator.peakBytes]).toEqual([0, 192]);
  });

  it("changes nothing when the heap can't grow", () => {
    const allocator = new Allocator(0, (end) => {
      if (end > 1024) throw new RangeError("full");
    });
    const first = allocator.allocate(512);
    expect(() => allocator.allocate(1024)).toThrow("full");
    expect(allocator.allocate(512).address).toBe(512);
    allocator.free(first);
    expect(() => allocator.allocate(576)).toThrow("full");
    expect(allocator.allocate(512).address).toBe(0);
  });

  it("refuses to free a block twice", () => {
    const { allocator } = create();
    const block = allocator.allocate(1);
    allocator.free(block);
    expect(() => allocator.free(block)).toThrow("the block at 0 is free already");
  });

  it("never hands out a byte twice, over any sequence of requests", () => {
    const rng = createRng(13);
    const { allocator, end } = create(64);
    const live: Block[] = [];
    for (let i = 0; i < 20_000; i++) {
      if (live.length > 0 && rng.uniform() < 0.5) {
        const [block] = live.splice(rng.integer(live.length), 1) as [Block];
        allocator.free(block);
      } else live.push(allocator.allocate(rng.integer(2 ** (4 + rng.integer(12)))));
    }
    live.sort((a, b) => a.address - b.address);
    for (const [i, { address, size }] of live.entries()) {
      expect(address % ALIGNMENT).toBe(0);
      expect(address + size).toBeLessThanOrEqual(live[i + 1]?.address ?? end());
    }
    expect(allocator.liveBytes).toBe(live.reduce((sum, { size }) => sum + size, 0));
    for (const block of live) allocator.free(block);
    const before = end();
    allocator.allocate(before - 64);
    expect(end(), "everything joined into one block").toBe(before);
  });
});
