import { copyRow } from "./copy";
import { addTo } from "./reduce";

/** The place of the first of `count` indices outside 0 … `bound` - 1; -1 if there's none. */
export function findOutside(indices: usize, count: i32, bound: i32): i32 {
  for (let i = 0; i < count; i++) if (load<u32>(indices + <usize>i * 4) >= <u32>bound) return i;
  return -1;
}

/**
 * to [batch, outer, count, inner] = the entries of from [batch, outer, length, inner] named by indices [batch, count].
 *
 * @param bytes Of an entry [inner].
 */
export function gatherRows(
  from: usize, indices: usize, to: usize, outer: i32, length: i32, count: i32, bytes: usize, begin: i32, end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const slice = row / count;
    const index = load<i32>(indices + (<usize>(slice / outer) * count + row % count) * 4);
    copyRow(from + (<usize>slice * length + index) * bytes, to + <usize>row * bytes, bytes);
  }
}

/**
 * to [segments, inner] += each row of from [rows, inner], at its segment; ids outside 0 … `segments` - 1 are left out.
 *
 * Parts are strips of columns, each over all rows: no two threads meet in a segment, and the order of additions is that
 * of the rows.
 */
export function addSegments(
  from: usize, ids: usize, to: usize, rows: i32, segments: i32, inner: i32, strip: i32, begin: i32, end: i32,
): void {
  for (let part = begin; part < end; part++) {
    const column = part * strip;
    const columns = min(strip, inner - column);
    for (let row = 0; row < rows; row++) {
      const id = load<u32>(ids + <usize>row * 4);
      if (id >= <u32>segments) continue;
      addTo(to + (<usize>id * inner + column) * 4, from + (<usize>row * inner + column) * 4, columns);
    }
  }
}
