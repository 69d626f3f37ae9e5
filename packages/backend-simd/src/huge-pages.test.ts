import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Heap } from "./heap.js";
import { adviseHugePages } from "./huge-pages.js";

/** Bytes of this process that are in huge pages. */
function hugeBytes(): number {
  const [, kilobytes] = /^AnonHugePages: +(\d+) kB$/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8")) ?? [];
  return 1024 * Number(kilobytes);
}

function hasHugePages(): boolean {
  try {
    return !readFileSync("/sys/kernel/mm/transparent_hugepage/enabled", "utf8").includes("[never]");
  } catch {
    return false; // another system, or a kernel without them
  }
}

describe("adviseHugePages", () => {
  it.runIf(hasHugePages()).each([true, false])("has the heap grow by huge pages, shared: %s", (isShared) => {
    const heap = new Heap(isShared);
    expect(adviseHugePages(heap)).toBe(true);
    const before = hugeBytes();
    const { address } = heap.allocate(2 ** 26);
    heap.bytes.fill(1, address, address + 2 ** 26);
    // Short of memory in one piece, Linux gives small ones; not for all of 64 MiB.
    expect(hugeBytes() - before).toBeGreaterThan(2 ** 24);
  });

  it.runIf(process.platform !== "linux")("does nothing elsewhere", () => {
    expect(adviseHugePages(new Heap(true))).toBe(false);
  });
});
