import { scratch } from "./scratch";
import { loadPart, sumLanes } from "./simd";

/** Values added in float32 before the sum goes on in float64. */
const BLOCK: i32 = 1024;
/** Rows added to each other in float32 before the sum goes on in float64. */
const ROW_BLOCK: i32 = 64;

/** The sum of `length` floats. */
function sum(from: usize, length: i32): f64 {
  let total: f64 = 0;
  while (length > 0) {
    let left = min(BLOCK, length);
    length -= left;
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (; left >= 16; left -= 16) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
      from += 64;
    }
    for (; left > 0; left -= 4) {
      s0 = f32x4.add(s0, loadPart(from, left, 0));
      from += 16;
    }
    total += sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return total;
}

/** to [rows] = the sum of each row of from [rows, length], times `scale`. */
export function sumRows(from: usize, to: usize, length: i32, scale: f64, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    store<f32>(to + <usize>row * 4, <f32>(sum(from + <usize>row * <usize>length * 4, length) * scale));
  }
}

/** The same in pieces of `piece` values of one long row: sums in float64, added up by `addDoubles`. */
export function sumPieces(from: usize, to: usize, length: i32, piece: i32, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const at = i * piece;
    store<f64>(to + <usize>i * 8, sum(from + <usize>at * 4, min(piece, length - at)));
  }
}

/** The sums of squares of pieces, in float64 throughout. */
export function squarePieces(from: usize, to: usize, length: i32, piece: i32, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const at = i * piece;
    store<f64>(to + <usize>i * 8, sumOfSquares(from + <usize>at * 4, min(piece, length - at)));
  }
}

function sumOfSquares(from: usize, length: i32): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (; length >= 4; length -= 4) {
    const x = v128.load(from);
    const low = f64x2.promote_low_f32x4(x);
    const high = f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
    from += 16;
  }
  const s = f64x2.add(s0, s1);
  let total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; length > 0; length--) {
    const x: f64 = load<f32>(from);
    total += x * x;
    from += 4;
  }
  return total;
}

/** to [1] = the sum of `count` doubles, times `scale`. */
export function addDoubles(from: usize, to: usize, count: i32, scale: f64): void {
  let total: f64 = 0;
  for (let i = 0; i < count; i++) total += load<f64>(from + <usize>i * 8);
  store<f32>(to, <f32>(total * scale));
}

/** The most columns of a strip: their sums, in float32 and in float64, fit a thread's scratch memory. */
const MOST_COLUMNS: i32 = 4096;

/**
 * to [outer, inner] = the sum over the middle axis of from [outer, length, inner], times `scale`.
 *
 * Parts are strips of `strip` columns (at most 4096) of each outer entry.
 */
export function sumColumns(
  from: usize, to: usize, length: i32, inner: i32, scale: f64, strip: i32, begin: i32, end: i32,
): void {
  const strips = (inner + strip - 1) / strip;
  const totals = scratch + <usize>MOST_COLUMNS * 4;
  for (let part = begin; part < end; part++) {
    const outer = part / strips;
    const column = (part % strips) * strip;
    const columns = min(strip, inner - column);
    memory.fill(totals, 0, <usize>columns * 8);
    let row = from + (<usize>outer * length * inner + column) * 4;
    for (let first = 0; first < length; first += ROW_BLOCK) {
      const rows = min(ROW_BLOCK, length - first);
      memory.fill(scratch, 0, <usize>columns * 4);
      let i = 0;
      for (; i + 4 <= rows; i += 4) {
        addRows(scratch, row, <usize>inner * 4, columns);
        row += <usize>inner * 16;
      }
      for (; i < rows; i++) {
        addTo(scratch, row, columns);
        row += <usize>inner * 4;
      }
      addToDoubles(totals, scratch, columns);
    }
    const target = to + (<usize>outer * inner + column) * 4;
    for (let i: usize = 0; i < <usize>columns; i++) {
      store<f32>(target + i * 4, <f32>(load<f64>(totals + i * 8) * scale));
    }
  }
}

/** Doubles += floats. */
function addToDoubles(to: usize, from: usize, length: i32): void {
  for (; length >= 2; length -= 2) {
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(v128.load64_zero(from))));
    from += 8;
    to += 16;
  }
  if (length > 0) store<f64>(to, load<f64>(to) + <f64>load<f32>(from));
}

/** to += four rows. */
function addRows(to: usize, from: usize, stride: usize, columns: i32): void {
  let from2 = from + 2 * stride;
  for (; columns >= 4; columns -= 4) {
    const left = f32x4.add(v128.load(from), v128.load(from + stride));
    const right = f32x4.add(v128.load(from2), v128.load(from2 + stride));
    v128.store(to, f32x4.add(v128.load(to), f32x4.add(left, right)));
    from += 16;
    from2 += 16;
    to += 16;
  }
  for (; columns > 0; columns--) {
    const pairs = (load<f32>(from) + load<f32>(from + stride)) + (load<f32>(from2) + load<f32>(from2 + stride));
    store<f32>(to, load<f32>(to) + pairs);
    from += 4;
    from2 += 4;
    to += 4;
  }
}

/** to += from. */
export function addTo(to: usize, from: usize, length: i32): void {
  for (; length >= 4; length -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; length > 0; length--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += 4;
  }
}
