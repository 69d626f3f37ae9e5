/**
 * Copies of blocks of a matrix in the order in which the micro-kernel reads them. An operand is a pointer and two
 * strides in bytes, one of which is 4: which one says whether it's transposed.
 */

/**
 * A panel of `rows` (6 or 4) rows of a, `k` steps: for each step its `rows` values, zeros below the last of `count`.
 *
 * @param stride Bytes from row to row if `isTransposed` is false, from step to step otherwise.
 */
export function packPanelA(
  to: usize, a: usize, stride: usize, isTransposed: bool, rows: i32, count: i32, k: i32,
): void {
  if (count < rows) {
    packSlowly(to, a, isTransposed ? 4 : stride, isTransposed ? stride : 4, rows, count, k);
  } else if (isTransposed) {
    if (rows == 6) {
      for (let step = 0; step < k; step++) {
        v128.store(to, v128.load(a));
        store<u64>(to, load<u64>(a, 16), 16);
        to += 24;
        a += stride;
      }
    } else {
      for (let step = 0; step < k; step++) {
        v128.store(to, v128.load(a));
        to += 16;
        a += stride;
      }
    }
  } else {
    const size: usize = rows == 6 ? 24 : 16;
    const whole = k & ~3;
    for (let step = 0; step < whole; step += 4) {
      transpose4x4(to, size, a, stride);
      if (rows == 6) {
        const p = v128.load(a + 4 * stride);
        const q = v128.load(a + 5 * stride);
        const low = i8x16.shuffle(p, q, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        const high = i8x16.shuffle(p, q, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        v128.store64_lane(to, low, 0, 16);
        v128.store64_lane(to, low, 1, 40);
        v128.store64_lane(to, high, 0, 64);
        v128.store64_lane(to, high, 1, 88);
      }
      to += 4 * size;
      a += 16;
    }
    packSlowly(to, a, stride, 4, rows, rows, k - whole);
  }
}

/**
 * `n` columns of b, `k` steps, as panels of 8 columns: for each step its 8 values, zeros right of the last column.
 *
 * @param stride Bytes from step to step if `isTransposed` is false, from column to column otherwise.
 */
export function packB(to: usize, b: usize, stride: usize, isTransposed: bool, n: i32, k: i32): void {
  const panelSize = <usize>k * 32;
  const whole = n & ~7;
  if (isTransposed) {
    for (let column = 0; column < n; column += 8) {
      packColumns(to, b, stride, 8, min(8, n - column), k);
      to += panelSize;
      b += 8 * stride;
    }
  } else {
    // Row by row, four at a time: reads in the order of memory, writes 128 bytes in a piece.
    const wholeSteps = k & ~3;
    for (let step = 0; step < wholeSteps; step += 4) {
      let row = b + <usize>step * stride;
      let panel = to + <usize>step * 32;
      for (let column = 0; column < whole; column += 8) {
        const row2 = row + 2 * stride;
        v128.store(panel, v128.load(row));
        v128.store(panel, v128.load(row, 16), 16);
        v128.store(panel, v128.load(row + stride), 32);
        v128.store(panel, v128.load(row + stride, 16), 48);
        v128.store(panel, v128.load(row2), 64);
        v128.store(panel, v128.load(row2, 16), 80);
        v128.store(panel, v128.load(row2 + stride), 96);
        v128.store(panel, v128.load(row2 + stride, 16), 112);
        row += 32;
        panel += panelSize;
      }
    }
    for (let step = wholeSteps; step < k; step++) {
      let row = b + <usize>step * stride;
      let panel = to + <usize>step * 32;
      for (let column = 0; column < whole; column += 8) {
        v128.store(panel, v128.load(row));
        v128.store(panel, v128.load(row, 16), 16);
        row += 32;
        panel += panelSize;
      }
    }
    const last = to + <usize>(whole >> 3) * panelSize;
    if (whole < n) packSlowly(last, b + <usize>whole * 4, 4, stride, 8, n - whole, k);
  }
}

/** `count` of `width` columns of a transposed b, which lie in memory in one piece each, zeros right of the last. */
export function packColumns(to: usize, b: usize, stride: usize, width: i32, count: i32, k: i32): void {
  const whole = count == width ? k & ~3 : 0;
  const perStep = <usize>width * 4;
  for (let column: usize = 0; column < <usize>width && whole > 0; column += 4) {
    const from = b + column * stride;
    const panel = to + column * 4;
    for (let step: usize = 0; step < <usize>whole; step += 4) {
      transpose4x4(panel + step * perStep, perStep, from + step * 4, stride);
    }
  }
  packSlowly(to + <usize>whole * perStep, b + <usize>whole * 4, stride, 4, width, count, k - whole);
}

/** Four rows of four floats from `from`, turned into four columns. */
// @ts-ignore: decorator
@inline
export function transpose4x4(to: usize, toStride: usize, from: usize, fromStride: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + fromStride);
  const r2 = v128.load(from + 2 * fromStride);
  const r3 = v128.load(from + 3 * fromStride);
  const p0 = i8x16.shuffle(r0, r1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const p1 = i8x16.shuffle(r0, r1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const p2 = i8x16.shuffle(r2, r3, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const p3 = i8x16.shuffle(r2, r3, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(to, i8x16.shuffle(p0, p2, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + toStride, i8x16.shuffle(p0, p2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(to + 2 * toStride, i8x16.shuffle(p1, p3, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + 3 * toStride, i8x16.shuffle(p1, p3, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

/** Value by value: `count` of the `width` entries of each step are there, the others become 0. */
function packSlowly(
  to: usize, from: usize, entryStride: usize, stepStride: usize, width: i32, count: i32, k: i32,
): void {
  for (let step = 0; step < k; step++) {
    let entry = from;
    for (let i = 0; i < width; i++) {
      store<f32>(to, i < count ? load<f32>(entry) : 0);
      entry += entryStride;
      to += 4;
    }
    from += stepStride;
  }
}
