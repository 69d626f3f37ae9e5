import { transpose4x4 } from "./gemm-pack";
import { offsetA, offsetB, seekRow } from "./layout";

/** Columns of the source worked on at once: a cache line of each row that is read. */
const STRIP: i32 = 16;

/**
 * Transposes planes: element (r, c) goes from `r · fromStride + c` to `c · toStride + r`, in elements of four bytes.
 *
 * The layout's outer axes lead from plane to plane; parts are strips of 16 columns of a plane.
 */
export function transposePlanes(
  from: usize, to: usize, rows: i32, columns: i32, fromStride: usize, toStride: usize, layout: usize,
  begin: i32, end: i32,
): void {
  fromStride *= 4;
  toStride *= 4;
  const strips = (columns + STRIP - 1) / STRIP;
  for (let part = begin; part < end; part++) {
    seekRow(layout, part / strips);
    const column = (part % strips) * STRIP;
    const width = min(STRIP, columns - column);
    const source = from + offsetA * 4 + <usize>column * 4;
    const target = to + offsetB * 4 + <usize>column * toStride;
    const wholeRows = width == STRIP ? rows & ~3 : 0;
    for (let row = 0; row < wholeRows; row += 4) {
      const a = source + <usize>row * fromStride;
      const b = target + <usize>row * 4;
      transpose4x4(b, toStride, a, fromStride);
      transpose4x4(b + 4 * toStride, toStride, a + 16, fromStride);
      transpose4x4(b + 8 * toStride, toStride, a + 32, fromStride);
      transpose4x4(b + 12 * toStride, toStride, a + 48, fromStride);
    }
    for (let row = wholeRows; row < rows; row++) {
      const a = source + <usize>row * fromStride;
      const b = target + <usize>row * 4;
      for (let i = 0; i < width; i++) store<i32>(b + <usize>i * toStride, load<i32>(a + <usize>i * 4));
    }
  }
}
