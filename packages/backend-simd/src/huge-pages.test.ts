import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { Heap } from "./heap.js";
import { adviseHugePages } from "./huge-pages.js";
import type { Koffi } from "./koffi.js";

const hasHugePages = existsSync("/sys/kernel/mm/transparent_hugepage");

/** What Linux says of the mapping that holds an address: "hg" is there where huge pages are wanted. */
function flagsAt(address: number): string[] {
  const mappings = readFileSync("/proc/self/smaps", "utf8").matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) (?:.*\n)*?VmFlags: (.*)$/gm,
  );
  for (const [, first, end, flags] of mappings) {
    if (address >= Number(`0x${first}`) && address < Number(`0x${end}`)) return (flags as string).split(" ");
  }
  throw new Error(`expected a mapping at ${address}`);
}

describe("adviseHugePages", () => {
  it.runIf(hasHugePages).each([true, false])("has the heap grow by huge pages, shared: %s", (isShared) => {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    const heap = new Heap(isShared);
    const at = (offset: number) => flagsAt(Number(koffi.address(heap.bytes)) + offset);
    expect(at(0)).not.toContain("hg");
    expect(adviseHugePages(heap)).toBe(true);
    const { address, size } = heap.allocate(2 ** 26);
    for (const offset of [0, address, address + size - 1]) expect(at(offset)).toContain("hg");
  });

  it.runIf(process.platform !== "linux")("does nothing elsewhere", () => {
    expect(adviseHugePages(new Heap(true))).toBe(false);
  });
});
