import { loadPart, storePart } from "./simd";

/** to = the nearer bound where x is outside [low, high]; NaN stays. */
export function clip(from: usize, to: usize, low: f32, high: f32, begin: i32, end: i32): void {
  const floor = f32x4.splat(low);
  const ceiling = f32x4.splat(high);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    const x = count >= 4 ? v128.load(from + at) : loadPart(from + at, count, 0);
    // Operands that may be NaN come first: these pick them when the comparison fails.
    const y = f32x4.pmin(f32x4.pmax(x, floor), ceiling);
    if (count >= 4) v128.store(to + at, y);
    else storePart(to + at, count, y);
  }
}
