import { innerLength, innerStrideA, innerStrideB, offsetA, offsetB, rankOf, seekRow } from "./layout";

/** to = a and b (or a or b) of bytes, true unless 0, with broadcasting. Parts as those of the functions of two floats. */
export function logical(
  a: usize, b: usize, to: usize, isAnd: bool, layout: usize, begin: i32, end: i32,
): void {
  const strideA = <usize>innerStrideA(layout);
  const strideB = <usize>innerStrideB(layout);
  if (rankOf(layout) == 0) {
    const at = <usize>begin;
    logicalRow(a + at * strideA, strideA, b + at * strideB, strideB, to + at, isAnd, end - begin);
    return;
  }
  const length = innerLength(layout);
  for (let row = begin; row < end; row++) {
    seekRow(layout, row);
    logicalRow(a + offsetA, strideA, b + offsetB, strideB, to + <usize>row * length, isAnd, length);
  }
}

function logicalRow(a: usize, strideA: usize, b: usize, strideB: usize, to: usize, isAnd: bool, length: i32): void {
  if (strideA == 1 && strideB == 1) {
    for (; length >= 16; length -= 16) {
      const left = i8x16.ne(v128.load(a), i8x16.splat(0));
      const right = i8x16.ne(v128.load(b), i8x16.splat(0));
      v128.store(to, v128.and(isAnd ? v128.and(left, right) : v128.or(left, right), i8x16.splat(1)));
      a += 16;
      b += 16;
      to += 16;
    }
  }
  for (; length > 0; length--) {
    const left = load<u8>(a) != 0;
    const right = load<u8>(b) != 0;
    store<u8>(to, <u8>(isAnd ? left & right : left | right));
    a += strideA;
    b += strideB;
    to++;
  }
}

export function logicalNot(from: usize, to: usize, begin: i32, end: i32): void {
  for (let i: usize = begin; i < <usize>end; i++) store<u8>(to + i, <u8>(load<u8>(from + i) == 0));
}
