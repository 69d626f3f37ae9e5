/**
 * How one or two strided operands are walked beside a dense result, row by row.
 *
 * In memory, as 32-bit words: rank, inner length, inner stride of a and of b, then sizes of the outer axes, strides of a
 * along them, strides of b. Strides are in elements, 0 along an axis that is broadcast. Axes that can be merged are.
 */

/** Elements from the start of each operand to the row at hand. */
export let offsetA: usize = 0;
export let offsetB: usize = 0;

// @ts-ignore: decorator
@inline
export function rankOf(layout: usize): i32 {
  return load<i32>(layout);
}

// @ts-ignore: decorator
@inline
export function innerLength(layout: usize): i32 {
  return load<i32>(layout, 4);
}

// @ts-ignore: decorator
@inline
export function innerStrideA(layout: usize): i32 {
  return load<i32>(layout, 8);
}

// @ts-ignore: decorator
@inline
export function innerStrideB(layout: usize): i32 {
  return load<i32>(layout, 12);
}

/** Sets the offsets to those of `row`. */
export function seekRow(layout: usize, row: i32): void {
  const rank = rankOf(layout);
  offsetA = 0;
  offsetB = 0;
  for (let axis = rank - 1; axis >= 0; axis--) {
    const word = layout + 16 + <usize>axis * 4;
    const size = load<i32>(word);
    const index = row % size;
    row /= size;
    offsetA += <usize>index * load<u32>(word + <usize>rank * 4);
    offsetB += <usize>index * load<u32>(word + <usize>rank * 8);
  }
}
