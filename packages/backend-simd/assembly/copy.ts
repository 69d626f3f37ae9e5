import { innerLength, innerStrideA, offsetA, offsetB, seekRow } from "./layout";

/** Below this many bytes a loop is faster than a call of the platform's copy. */
const SHORT: usize = 128;

/**
 * Copies rows between strided tensors of elements of `size` bytes (1 or 4). The layout's a is the source, b the target;
 * along the inner axis the target is dense and the source has any stride: 1, 0 to repeat, others to pick.
 */
export function copyRows(from: usize, to: usize, size: usize, layout: usize, begin: i32, end: i32): void {
  const length = <usize>innerLength(layout);
  const stride = innerStrideA(layout);
  for (let row = begin; row < end; row++) {
    seekRow(layout, row);
    const source = from + offsetA * size;
    const target = to + offsetB * size;
    if (stride == 1) copyRow(source, target, length * size);
    else if (size == 4) {
      for (let i: usize = 0; i < length; i++) store<i32>(target + i * 4, load<i32>(source + i * <usize>stride * 4));
    } else {
      for (let i: usize = 0; i < length; i++) store<u8>(target + i, load<u8>(source + i * <usize>stride));
    }
  }
}

/** Copies `bytes` bytes between places that don't overlap. */
// @ts-ignore: decorator
@inline
export function copyRow(from: usize, to: usize, bytes: usize): void {
  if (bytes > SHORT) {
    memory.copy(to, from, bytes);
    return;
  }
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; bytes >= 4; bytes -= 4) {
    store<i32>(to, load<i32>(from));
    from += 4;
    to += 4;
  }
  for (; bytes > 0; bytes--) {
    store<u8>(to, load<u8>(from));
    from++;
    to++;
  }
}

/** Rows that are those of a followed by those of b; lengths in bytes. */
export function joinRows(a: usize, lengthA: usize, b: usize, lengthB: usize, to: usize, begin: i32, end: i32): void {
  for (let row = <usize>begin; row < <usize>end; row++) {
    const target = to + row * (lengthA + lengthB);
    copyRow(a + row * lengthA, target, lengthA);
    copyRow(b + row * lengthB, target + lengthA, lengthB);
  }
}
