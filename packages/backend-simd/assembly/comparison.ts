import { innerLength, innerStrideA, innerStrideB, offsetA, offsetB, rankOf, seekRow } from "./layout";
import { loadPart } from "./simd";

/** A comparison of two floats (or integers), four pairs at a time: all bits of a lane are set where it holds. */
@unmanaged
abstract class Comparison {
  abstract of(a: v128, b: v128): v128;
}

/** to = Op(a, b) with broadcasting, a byte of 0 or 1 for each pair. Parts as those of the functions of two floats. */
// @ts-ignore: decorator
@inline
function compare<Op extends Comparison>(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  const strideA = innerStrideA(layout);
  const strideB = innerStrideB(layout);
  if (rankOf(layout) == 0) {
    const fromA = a + <usize>(begin * strideA) * 4;
    const fromB = b + <usize>(begin * strideB) * 4;
    compareRow<Op>(fromA, strideA, fromB, strideB, to + <usize>begin, end - begin);
    return;
  }
  const length = innerLength(layout);
  to += <usize>begin * <usize>length;
  for (let row = begin; row < end; row++) {
    seekRow(layout, row);
    compareRow<Op>(a + offsetA * 4, strideA, b + offsetB * 4, strideB, to, length);
    to += <usize>length;
  }
}

function compareRow<Op extends Comparison>(
  a: usize, strideA: i32, b: usize, strideB: i32, to: usize, length: i32,
): void {
  const op = changetype<Op>(0);
  const stepA = <usize>strideA * 16;
  const stepB = <usize>strideB * 16;
  for (; length > 0; length -= 4) {
    const left = strideA == 0 ? v128.load32_splat(a) : length >= 4 ? v128.load(a) : loadPart(a, length, 0);
    const right = strideB == 0 ? v128.load32_splat(b) : length >= 4 ? v128.load(b) : loadPart(b, length, 0);
    const holds = op.of(left, right);
    // The lowest byte of each lane, side by side.
    const bytes = i8x16.shuffle(holds, holds, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
    const packed = i32x4.extract_lane(bytes, 0) & 0x01010101;
    if (length >= 4) store<i32>(to, packed);
    else for (let i = 0; i < length; i++) store<u8>(to + <usize>i, <u8>(packed >>> (8 * i)));
    a += stepA;
    b += stepB;
    to += 4;
  }
}

@unmanaged @final
class Equal extends Comparison {
  @inline of(a: v128, b: v128): v128 { return f32x4.eq(a, b); }
}
export function equal(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<Equal>(a, b, to, layout, begin, end);
}

@unmanaged @final
class EqualInt extends Comparison {
  @inline of(a: v128, b: v128): v128 { return i32x4.eq(a, b); }
}
export function equalInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<EqualInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class NotEqual extends Comparison {
  @inline of(a: v128, b: v128): v128 { return f32x4.ne(a, b); }
}
export function notEqual(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<NotEqual>(a, b, to, layout, begin, end);
}

@unmanaged @final
class NotEqualInt extends Comparison {
  @inline of(a: v128, b: v128): v128 { return i32x4.ne(a, b); }
}
export function notEqualInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<NotEqualInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Greater extends Comparison {
  @inline of(a: v128, b: v128): v128 { return f32x4.gt(a, b); }
}
export function greater(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<Greater>(a, b, to, layout, begin, end);
}

@unmanaged @final
class GreaterInt extends Comparison {
  @inline of(a: v128, b: v128): v128 { return i32x4.gt_s(a, b); }
}
export function greaterInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<GreaterInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class GreaterEqual extends Comparison {
  @inline of(a: v128, b: v128): v128 { return f32x4.ge(a, b); }
}
export function greaterEqual(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<GreaterEqual>(a, b, to, layout, begin, end);
}

@unmanaged @final
class GreaterEqualInt extends Comparison {
  @inline of(a: v128, b: v128): v128 { return i32x4.ge_s(a, b); }
}
export function greaterEqualInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<GreaterEqualInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Less extends Comparison {
  @inline of(a: v128, b: v128): v128 { return f32x4.lt(a, b); }
}
export function less(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<Less>(a, b, to, layout, begin, end);
}

@unmanaged @final
class LessInt extends Comparison {
  @inline of(a: v128, b: v128): v128 { return i32x4.lt_s(a, b); }
}
export function lessInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<LessInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class LessEqual extends Comparison {
  @inline of(a: v128, b: v128): v128 { return f32x4.le(a, b); }
}
export function lessEqual(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<LessEqual>(a, b, to, layout, begin, end);
}

@unmanaged @final
class LessEqualInt extends Comparison {
  @inline of(a: v128, b: v128): v128 { return i32x4.le_s(a, b); }
}
export function lessEqualInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  compare<LessEqualInt>(a, b, to, layout, begin, end);
}
