import type { Heap } from "./heap.js";
import { findKoffi } from "./koffi.js";

/** Linux's number. */
const MADV_HUGEPAGE = 14;

/**
 * Asks Linux to make the heap of pages of 2 MiB, now and as it grows, where they are to be had. Of pages of 4 KiB a model
 * has a hundred thousand: their addresses alone fill a cache, and when others have been at work it's cold.
 *
 * @returns Whether it was asked; false on other systems, and where koffi isn't installed.
 */
export function adviseHugePages(heap: Heap): boolean {
  if (globalThis.process?.platform !== "linux") return false;
  const { koffi } = findKoffi();
  if (koffi === undefined) return false;
  const madvise = koffi.load(null).func("int madvise(uintptr_t, size_t, int)");
  return madvise(Number(koffi.address(heap.bytes)), heap.mostBytes, MADV_HUGEPAGE) === 0;
}
